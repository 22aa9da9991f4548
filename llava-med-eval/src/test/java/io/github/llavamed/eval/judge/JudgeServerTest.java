package io.github.llavamed.eval.judge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.IntendedDifferences;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeMessage;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import io.github.llavamed.testing.GoldenFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge against a server on this machine: bodies, failures, limits, secrets. */
@Timeout(120)
class JudgeServerTest {
  private static final String KEY = "sk-never-written-4711";
  private static final String PATH = "/v1/chat/completions";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final EvaluationOptions OPTIONS = EvaluationOptions.DEFAULT;

  @TempDir Path folder;
  private final List<Duration> waits = new ArrayList<>();
  private WireMockServer server;
  private OpenAiChatJudge remote;

  @BeforeEach
  void startServer() {
    server = new WireMockServer(WireMockConfiguration.options().dynamicPort().jettyAcceptors(1));
    server.start();
    remote =
        new OpenAiChatJudge(
            new OpenAiJudgeConfig(
                Optional.of(server.baseUrl() + "/v1"),
                KEY,
                Optional.empty(),
                Duration.ofSeconds(20)));
  }

  @AfterEach
  void stopServer() {
    remote.close();
    server.stop();
  }

  private ChatJudge retrying(int attempts) {
    return new RetryingChatJudge(
        remote,
        new RetryPolicy(attempts, Duration.ofSeconds(1), Duration.ofSeconds(60)),
        new SplittableRandom(1),
        waits::add);
  }

  private static ResponseDefinitionBuilder completion(String reply) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", "c").put("object", "chat.completion").put("created", 1).put("model", "m");
    ObjectNode choice = json.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop").putNull("logprobs");
    choice.putObject("message").put("role", "assistant").put("content", reply).putNull("refusal");
    return aResponse()
        .withStatus(200)
        .withHeader("Content-Type", "application/json")
        .withBody(json.toString());
  }

  private static ResponseDefinitionBuilder failure(int status) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withBody("{\"error\": {\"message\": \"refused for " + KEY + "\", \"type\": \"t\"}}");
  }

  /** Gives the responses one after the other. */
  private void answer(List<ResponseDefinitionBuilder> responses) {
    for (int i = 0; i < responses.size(); i++) {
      server.stubFor(
          post(urlPathEqualTo(PATH))
              .inScenario("replies")
              .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "after " + i)
              .willReturn(responses.get(i))
              .willSetStateTo("after " + (i + 1)));
    }
  }

  private int requests() {
    return server.countRequestsMatching(postRequestedFor(urlPathEqualTo(PATH)).build()).getCount();
  }

  private static JudgeRequest question(int number) {
    return new JudgeRequest(
        "gpt-4",
        List.of(JudgeMessage.user("Question " + number + ".")),
        OptionalDouble.of(0),
        OptionalInt.empty());
  }

  static Stream<Path> goldens() {
    return Stream.of("multimodal_chat", "gpt_review", "qa_baseline_gpt35")
        .flatMap(kind -> EvalGolden.cases(kind).stream());
  }

  @Tag("golden")
  @ParameterizedTest
  @MethodSource("goldens")
  void sendsTheRecordedBodiesAndRepeatsThoseThatFailForNow(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    String kind = golden.getParent().getFileName().toString();
    assumeFalse(IntendedDifferences.contains(kind, golden), "differs on purpose");
    List<JsonNode> bodies = new ArrayList<>();
    List<ResponseDefinitionBuilder> responses = new ArrayList<>();
    for (JsonNode event : expected.get("events")) {
      if (event.has("request") && event.path("reply").isTextual()) {
        int status = bodies.isEmpty() ? 429 : 503;
        responses.add(failure(status));
        responses.add(completion(event.get("reply").textValue()));
        ObjectNode body = event.get("request").deepCopy();
        JsonNode deployment = body.remove("deployment_id");
        if (deployment != null) {
          body.set("model", deployment);
        }
        bodies.addAll(List.of(body, body));
      }
    }
    answer(responses);

    try {
      run(kind, golden, expected);
    } catch (EvaluationException e) {
      assertThat(expected.get("error").isNull()).as(e.getMessage()).isFalse();
      assumeFalse(bodies.isEmpty() || requests() == 0, "refused before the first request");
    }

    List<JsonNode> sent = new ArrayList<>();
    server.getAllServeEvents().forEach(event -> sent.add(0, tree(event.getRequest())));
    assertThat(sent).isEqualTo(bodies);
    server.verify(
        bodies.size(),
        postRequestedFor(urlPathEqualTo(PATH))
            .withHeader("Authorization", equalTo("Bearer " + KEY)));
    assertThat(waits).hasSize(bodies.size() / 2);
  }

  private static JsonNode tree(LoggedRequest request) {
    try {
      return JSON.readTree(request.getBodyAsString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(String kind, Path golden, JsonNode expected) throws IOException {
    List<String> args = EvalGolden.texts(expected.get("args"));
    ChatJudge judge = retrying(2);
    StringBuilder out = new StringBuilder();
    Path output = folder.resolve("out.jsonl");
    if (kind.equals("multimodal_chat")) {
      boolean first = expected.get("version").textValue().equals("v1.0.0");
      new ChatScoring(
              judge,
              first ? "deployment-name" : "gpt-4-0314",
              first ? ChatSummary.Version.V1_0 : ChatSummary.Version.V1_5,
              OPTIONS)
          .run(
              new ChatScoring.ChatFiles(
                  golden.resolve(
                      after(args, first ? "--question_input_path" : "--question-file", 1)),
                  golden.resolve(after(args, first ? "--input_path" : "--answers-file", 1)),
                  output,
                  false),
              out);
    } else if (kind.equals("gpt_review")) {
      int maxTokens =
          args.contains("--max-tokens") ? Integer.parseInt(after(args, "--max-tokens", 1)) : 1024;
      new PairwiseReview(judge, maxTokens, OPTIONS)
          .run(
              new PairwiseReview.ReviewFiles(
                  golden.resolve(after(args, "-q", 1)),
                  golden.resolve(after(args, "-a", 1)),
                  golden.resolve(after(args, "-a", 2)),
                  golden.resolve(after(args, "-r", 1)),
                  args.contains("-c") ? golden.resolve(after(args, "-c", 1)) : null,
                  output,
                  false),
              out);
    } else {
      new TextBaseline(
              judge,
              Integer.parseInt(after(args, "--max-tokens", 1)),
              OPTIONS,
              new SplittableRandom(3))
          .run(
              new TextBaseline.BaselineFiles(golden.resolve(after(args, "-q", 1)), output, false),
              out);
    }
  }

  private static String after(List<String> args, String option, int offset) {
    return args.get(args.indexOf(option) + offset);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void repeatsBusyAndBrokenServersWithGrowingWaits(int status) {
    answer(List.of(failure(status), failure(status), failure(status), completion("8 9")));

    assertThat(retrying(4).ask(question(1)).text()).isEqualTo("8 9");

    assertThat(requests()).isEqualTo(4);
    assertThat(waits).hasSize(3);
    for (int i = 0; i < waits.size(); i++) {
      assertThat(waits.get(i)).isBetween(Duration.ZERO, Duration.ofSeconds(1L << i));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 408, 422})
  void asksOnceWhereTheRequestIsRefused(int status) {
    answer(List.of(failure(status), completion("8 9")));

    assertThatThrownBy(() -> retrying(4).ask(question(1)))
        .isInstanceOf(RemoteJudgeException.class)
        .hasMessageContaining("judge gpt-4: expected a reply");

    assertThat(requests()).isEqualTo(1);
    assertThat(waits).isEmpty();
  }

  @Test
  void asksOnceWhereNobodyAnswersAndSaysSoInOneLine() {
    server.stop();

    assertThatThrownBy(() -> retrying(4).ask(question(1)))
        .isInstanceOf(RemoteJudgeException.class)
        .message()
        .contains("judge gpt-4: expected a reply, found no connection", "check the address")
        .hasLineCount(1)
        .doesNotContain(KEY);

    assertThat(waits).isEmpty();
  }

  @Test
  void asksOnceWhereTheReplyDoesNotCome() {
    server.stubFor(post(urlPathEqualTo(PATH)).willReturn(completion("8 9").withFixedDelay(2_000)));
    OpenAiJudgeConfig impatient =
        new OpenAiJudgeConfig(
            Optional.of(server.baseUrl() + "/v1"), KEY, Optional.empty(), Duration.ofMillis(200));
    try (OpenAiChatJudge judge = new OpenAiChatJudge(impatient)) {
      ChatJudge repeated =
          new RetryingChatJudge(judge, RetryPolicy.DEFAULT, new SplittableRandom(1), waits::add);

      assertThatThrownBy(() -> repeated.ask(question(1)))
          .isInstanceOf(RemoteJudgeException.class)
          .hasMessageContaining("judge gpt-4: expected a reply, found no connection");
    }

    assertThat(waits).as("no further attempt").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ChatSummary.Version.class)
  void losesNothingWhenTheConnectionBreaks(ChatSummary.Version version) throws IOException {
    StringBuilder questions = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (int i = 1; i <= 7; i++) {
      questions.append(
          ("{\"question_id\": %d, \"text\": \"Question %d.\\n<image>\", \"gpt4_answer\": \"g\","
                  + " \"fig_label\": \"F\", \"fig_caption\": \"c\", \"in_text_mention\": null,"
                  + " \"type\": \"conversation\", \"domain\": {\"chest_xray\": true}}\n")
              .formatted(i, i));
      answers.append("{\"question_id\": %d, \"text\": \"x\"}\n".formatted(i));
    }
    ChatScoring.ChatFiles files =
        new ChatScoring.ChatFiles(
            Files.writeString(folder.resolve("q.jsonl"), questions),
            Files.writeString(folder.resolve("a.jsonl"), answers),
            folder.resolve("scores.jsonl"),
            true);
    server.stubFor(
        post(urlPathEqualTo(PATH))
            .willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
    answer(List.of(completion("8 4"), completion("8 4"), completion("8 4"), completion("8 4")));

    ChatScoring scoring = new ChatScoring(retrying(4), "gpt-4", version, OPTIONS);
    assertThatThrownBy(() -> scoring.run(files, new StringBuilder()))
        .isInstanceOf(RemoteJudgeException.class)
        .hasMessageContaining("found no connection");
    assertThat(requests()).isEqualTo(5);
    assertThat(Files.readAllLines(files.scores())).hasSize(4);
    assertThat(waits).isEmpty();

    server.resetAll();
    server.stubFor(post(urlPathEqualTo(PATH)).willReturn(completion("9 3")));
    scoring.run(files, new StringBuilder());
    assertThat(ChatVerdict.read(files.scores(), version, OPTIONS)).hasSize(7);
    assertThat(requests()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void keepsTheOrderAndTheLimitWhenSeveralRequestsAreUnderWay(int concurrency) throws IOException {
    int count = 12;
    for (int i = 0; i < count; i++) {
      server.stubFor(
          post(urlPathEqualTo(PATH))
              .withRequestBody(containing("Question " + i + "."))
              .willReturn(completion("reply " + i).withFixedDelay(i % 3 == 0 ? 200 : 20)));
    }
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ChatJudge counting =
        request -> {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          try {
            return remote.ask(request);
          } finally {
            underWay.decrementAndGet();
          }
        };
    List<String> replies = new ArrayList<>();

    new OrderedRequests(counting, concurrency)
        .run(
            IntStream.range(0, count).mapToObj(JudgeServerTest::question).toList(),
            (index, reply) -> {
              assertThat(index).isEqualTo(replies.size());
              replies.add(reply.text());
            });

    assertThat(replies)
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(i -> "reply " + i).toList());
    assertThat(most).hasValue(concurrency);
  }

  @Test
  void deliversWhatIsUnderWayAfterAFailureAndSendsNothingMore() {
    List<Integer> delivered = new ArrayList<>();
    AtomicInteger asked = new AtomicInteger();
    ChatJudge judge =
        request -> {
          asked.incrementAndGet();
          if (request.equals(question(1))) {
            throw new RemoteJudgeException("refused", false, null);
          }
          return new JudgeReply("8 9", 0, 0);
        };

    assertThatThrownBy(
            () ->
                new OrderedRequests(judge, 3)
                    .run(
                        IntStream.range(0, 9).mapToObj(JudgeServerTest::question).toList(),
                        (index, reply) -> delivered.add(index)))
        .hasMessage("refused");

    assertThat(delivered).containsExactly(0, 2, 3);
    assertThat(asked).hasValue(4);
  }

  @Test
  void theKeyIsInNoErrorNoLogAndNoCassette() throws IOException {
    Path cassette = folder.resolve("cassette.jsonl");
    answer(List.of(failure(429), completion("8 9"), failure(401)));
    ChatJudge judge = new RecordingChatJudge(retrying(2), cassette);
    PrintStream console = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    StringWriter error = new StringWriter();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      judge.ask(question(1));
      judge.ask(question(2));
    } catch (RemoteJudgeException e) {
      e.printStackTrace(new PrintWriter(error));
    } finally {
      System.setErr(console);
    }

    assertThat(error.toString()).contains("refused for <key>").doesNotContain(KEY);
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("judge attempt 1 failed")
        .doesNotContain(KEY);
    assertThat(Files.readString(cassette)).contains("8 9").doesNotContain(KEY);
  }
}
