package io.github.llavamed.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.ProvenanceFile;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.generation.RunSession;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.EmptyReplyException;
import io.github.llavamed.metric.JudgeMessage;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.Provenance;
import io.github.llavamed.metric.RemoteJudgeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChatJudgeTest {
  private static final JudgeRequest REQUEST =
      new JudgeRequest(
          "gpt-4",
          List.of(JudgeMessage.system("Be fair."), JudgeMessage.user("Who é?")),
          OptionalDouble.of(0.2),
          OptionalInt.of(64));

  @TempDir Path folder;

  private static RemoteJudgeException failure(boolean retryable) {
    return new RemoteJudgeException("busy", retryable, null);
  }

  @Test
  void aCassetteRepliesLikeTheJudgeThatWasRecorded() throws IOException {
    Path cassette = folder.resolve("cassette.jsonl");
    List<String> replies = new ArrayList<>(List.of("8 9", "7 7\nü"));
    ChatJudge recorder =
        new RecordingChatJudge(r -> new JudgeReply(replies.remove(0), 11, 5), cassette);
    JudgeReply first = recorder.ask(REQUEST);
    JudgeReply second = recorder.ask(REQUEST);

    RecordedChatJudge recorded = RecordedChatJudge.read(cassette, EvaluationOptions.DEFAULT);

    assertThat(recorded.ask(REQUEST)).isEqualTo(first);
    assertThat(recorded.ask(REQUEST)).isEqualTo(second);
    assertThatThrownBy(() -> recorded.ask(REQUEST))
        .isInstanceOf(RemoteJudgeException.class)
        .hasMessageContaining("all its replies used");
    JudgeRequest other =
        new JudgeRequest("gpt-5", List.of(), OptionalDouble.empty(), OptionalInt.empty());
    assertThatThrownBy(() -> recorded.ask(other)).hasMessageContaining("found none");
  }

  @Test
  void retriesWithGrowingRandomWaits() {
    List<Duration> waits = new ArrayList<>();
    List<Integer> calls = new ArrayList<>();
    ChatJudge failing =
        request -> {
          calls.add(calls.size());
          if (calls.size() < 4) {
            throw failure(true);
          }
          return new JudgeReply("8 9", 0, 0);
        };
    ChatJudge judge =
        new RetryingChatJudge(
            failing,
            new RetryPolicy(4, Duration.ofSeconds(1), Duration.ofSeconds(2)),
            new SplittableRandom(1),
            waits::add);

    assertThat(judge.ask(REQUEST).text()).isEqualTo("8 9");
    assertThat(waits).hasSize(3);
    assertThat(waits.get(0)).isBetween(Duration.ZERO, Duration.ofSeconds(1));
    assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofSeconds(2)) <= 0);
  }

  @Test
  void givesUpAfterTheLastAttemptAndAtOnceOnFinalFailures() {
    List<Integer> calls = new ArrayList<>();
    RetryPolicy policy = new RetryPolicy(3, Duration.ZERO, Duration.ZERO);
    ChatJudge busy =
        new RetryingChatJudge(
            request -> {
              calls.add(1);
              throw failure(true);
            },
            policy,
            new SplittableRandom(1),
            wait -> {});
    assertThatThrownBy(() -> busy.ask(REQUEST)).hasMessage("busy");
    assertThat(calls).hasSize(3);

    calls.clear();
    ChatJudge refusing =
        new RetryingChatJudge(
            request -> {
              calls.add(1);
              throw failure(false);
            },
            policy,
            new SplittableRandom(1),
            wait -> {});
    assertThatThrownBy(() -> refusing.ask(REQUEST)).hasMessage("busy");
    assertThat(calls).hasSize(1);
  }

  @Test
  void stopsWhenTheBudgetIsUsedUp() {
    BudgetedChatJudge byRequests =
        new BudgetedChatJudge(request -> new JudgeReply("8 9", 0, 0), 2, 100);
    byRequests.ask(REQUEST);
    byRequests.ask(REQUEST);
    assertThatThrownBy(() -> byRequests.ask(REQUEST))
        .isInstanceOf(RemoteJudgeException.class)
        .hasMessageContaining("2 requests");

    BudgetedChatJudge byTokens =
        new BudgetedChatJudge(request -> new JudgeReply("8 9", 90, 20), 10, 100);
    byTokens.ask(REQUEST);
    assertThatThrownBy(() -> byTokens.ask(REQUEST)).hasMessageContaining("110");
    assertThat(byTokens.requests()).isEqualTo(1);
  }

  @Test
  void resumesAfterAFailureWithoutAskingAgain() throws IOException {
    Path questions = questions(2);
    Path answers = answers("x", "y");
    Path scores = folder.resolve("new/scores.jsonl");
    List<JudgeRequest> asked = new ArrayList<>();
    ChatJudge once =
        request -> {
          if (!asked.isEmpty()) {
            throw failure(false);
          }
          asked.add(request);
          return new JudgeReply("8 4", 0, 0);
        };
    ChatScoring.ChatFiles files = new ChatScoring.ChatFiles(questions, answers, scores, true);
    ChatSummary.Version version = ChatSummary.Version.V1_5;
    ChatScoring failing = new ChatScoring(once, "m", version, EvaluationOptions.DEFAULT);
    assertThatThrownBy(() -> failing.run(files, new StringBuilder())).hasMessage("busy");
    assertThat(scores).content().hasLineCount(1);

    // The process was killed in the middle of a line.
    Files.writeString(scores, Files.readString(scores) + "{\"question_id\": 2, \"te");
    asked.clear();
    StringBuilder out = new StringBuilder();
    new ChatScoring(once, "m", version, EvaluationOptions.DEFAULT).run(files, out);

    assertThat(asked).hasSize(1);
    assertThat(asked.get(0).messages().get(1).content())
        .contains("Figure Context:\n\t- None\n\n[Question]\nWhy?\n<image>\n\n[Assistant 1]\ng\n")
        .contains("[Assistant 2]\ny\n");
    assertThat(out).endsWith("Result Size: 2\n");
    assertThat(ChatVerdict.read(scores, version, EvaluationOptions.DEFAULT)).hasSize(2);
  }

  @Test
  void statesBesideTheVerdictsWhoJudgedAndRefusesToMixJudges() throws IOException {
    Path questions = questions(2);
    Path answers = answers("x", "y");
    RunRecord made =
        new RunRecord(
            Map.of("temperature", "0.2"),
            Map.of("model", "aa"),
            List.of(new RunSession(Instant.EPOCH, Map.of("ONNX Runtime", "1"))));
    made.write(answers);
    Path scores = folder.resolve("scores.jsonl");
    ChatScoring.ChatFiles files = new ChatScoring.ChatFiles(questions, answers, scores, true);
    List<JudgeRequest> asked = new ArrayList<>();
    ChatJudge once =
        request -> {
          asked.add(request);
          if (asked.size() == 2) {
            throw failure(false);
          }
          return new JudgeReply("8 4", 0, 0);
        };
    ChatScoring scoring = scoring(once, "gpt-4-0314");
    assertThatThrownBy(() -> scoring.run(files, new StringBuilder())).hasMessage("busy");

    Provenance first = ProvenanceFile.read(scores, EvaluationOptions.DEFAULT).get(0);
    assertThat(first.protocol()).isEqualTo("llava-med-chat-v1.5");
    assertThat(first.settings())
        .containsEntry("judge.model", "gpt-4-0314")
        .containsEntry("judge.temperature", "0")
        .containsEntry("generation.temperature", "0.2")
        .containsEntry("generation.date", "1970-01-01T00:00:00Z");
    assertThat(first.hashes()).containsKeys("questions", "answers").containsEntry("model", "aa");
    assertThat(first.versions())
        .containsKeys("llava-med", "java", "protocol", "openai-java")
        .containsEntry("generation.ONNX Runtime", "1");

    assertThatThrownBy(() -> scoring(once, "gpt-4o").run(files, new StringBuilder()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("scores.jsonl.provenance.json", "gpt-4o instead of gpt-4-0314");

    scoring.run(files, new StringBuilder());
    Provenance resumed = ProvenanceFile.read(scores, EvaluationOptions.DEFAULT).get(0);
    assertThat(resumed.date()).isEqualTo(first.date());
    assertThat(resumed.settings()).containsKey("resumed");
    assertThat(scores).content().hasLineCount(2);

    answers("changed", "y");
    assertThatThrownBy(() -> scoring.run(files, new StringBuilder()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("scores.jsonl, line 1", "question 1", "another answer");
  }

  @Test
  void resumesPairwiseReviews() throws IOException {
    Path questions = folder.resolve("q.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 3; i++) {
      lines.append(
          "{\"question_id\": %d, \"text\": \"Q%d\", \"category\": \"math\"}\n".formatted(i, i));
    }
    Files.writeString(questions, lines);
    Path first = answers("a", "b", "c");
    Path second = Files.copy(first, folder.resolve("second.jsonl"));
    Path rules =
        Files.writeString(
            folder.resolve("rules.json"),
            "{\"default\": {\"prompt\": \"Judge.\", \"role\": \"Assistant\"}}");
    Path output = folder.resolve("reviews.jsonl");
    PairwiseReview.ReviewFiles files =
        new PairwiseReview.ReviewFiles(questions, first, second, rules, null, output, true);
    List<JudgeRequest> asked = new ArrayList<>();
    ChatJudge judge =
        request -> {
          asked.add(request);
          if (asked.size() == 3) {
            throw failure(false);
          }
          return new JudgeReply("8 9", 0, 0);
        };
    PairwiseReview review = new PairwiseReview(judge, 1024, EvaluationOptions.DEFAULT);
    assertThatThrownBy(() -> review.run(files, new StringBuilder())).hasMessage("busy");
    assertThat(output).content().hasLineCount(2);

    review.run(files, new StringBuilder());

    assertThat(asked).hasSize(4);
    assertThat(asked.get(3).messages().get(1).content()).contains("Q3");
    assertThat(Files.readAllLines(output)).hasSize(3);
    assertThat(ProvenanceFile.read(output, EvaluationOptions.DEFAULT).get(0).settings())
        .containsEntry("judge.max_tokens", "1024")
        .containsKey("resumed");

    PairwiseReview shorter = new PairwiseReview(judge, 10, EvaluationOptions.DEFAULT);
    assertThatThrownBy(() -> shorter.run(files, new StringBuilder()))
        .hasMessageContaining("judge.max_tokens 10 instead of 1024");
    Files.writeString(
        questions, lines.toString().replace("\"question_id\": 2", "\"question_id\": 7"));
    assertThatThrownBy(() -> review.run(files, new StringBuilder()))
        .hasMessageContainingAll("reviews.jsonl, line 2", "question_id 7", "found 2");
  }

  private static ChatScoring scoring(ChatJudge judge, String model) {
    return new ChatScoring(judge, model, ChatSummary.Version.V1_5, EvaluationOptions.DEFAULT);
  }

  private Path questions(int count) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      lines.append(
          ("{\"question_id\": %d, \"text\": \"Why?\\n<image>\", \"gpt4_answer\": \"g\","
                  + " \"fig_label\": \"Fig 1\", \"fig_caption\": \"c\","
                  + " \"in_text_mention\": null, \"type\": \"conversation\","
                  + " \"domain\": {\"chest_xray\": true}}\n")
              .formatted(i));
    }
    return Files.writeString(folder.resolve("q.jsonl"), lines);
  }

  private Path answers(String... texts) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < texts.length; i++) {
      lines.append("{\"question_id\": %d, \"text\": \"%s\"}\n".formatted(i + 1, texts[i]));
    }
    return Files.writeString(folder.resolve("a.jsonl"), lines);
  }

  @Test
  void leavesOutAReplyWithoutTextInTheProgramOfVersionOneZero() throws IOException {
    Path questions = questions(1);
    Path answers = answers("x");
    List<JudgeRequest> asked = new ArrayList<>();
    ChatJudge filtered =
        request -> {
          asked.add(request);
          if (asked.size() < 3) {
            throw new EmptyReplyException("no text");
          }
          return new JudgeReply("8 4", 0, 0);
        };
    Path scores = folder.resolve("scores.jsonl");

    new ChatScoring(filtered, "m", ChatSummary.Version.V1_0, EvaluationOptions.DEFAULT)
        .run(new ChatScoring.ChatFiles(questions, answers, scores, false), new StringBuilder());

    assertThat(asked).as("asked again in the next passes").hasSize(3);
    assertThat(scores).content().hasLineCount(1);
  }

  @Test
  void repairedPromptsDropTheImageLineAndThePythonText() throws IOException {
    Path questions =
        Files.writeString(
            folder.resolve("q.jsonl"),
            "{\"question_id\": 1, \"text\": \"Why?\\n<image>\", \"gpt4_answer\": \"g\","
                + " \"fig_label\": \"F\", \"fig_caption\": \"c\", \"in_text_mention\":"
                + " [{\"tokens\": \"one\"}, {\"tokens\": \"two\"}]}\n");
    Path answers =
        Files.writeString(
            folder.resolve("a.jsonl"),
            "{\"question_id\": 9, \"text\": \"other\"}\n{\"question_id\": 1, \"text\": \"x\"}\n");
    List<JudgeRequest> asked = new ArrayList<>();
    EvaluationQuirks quirks =
        EvaluationQuirks.ORIGINAL
            .without(EvaluationQuirk.PYTHON_FIGURE_CONTEXT)
            .without(EvaluationQuirk.BLIND_QUESTION_CUT)
            .without(EvaluationQuirk.PAIRING_BY_POSITION);
    ChatScoring scoring =
        new ChatScoring(
            request -> {
              asked.add(request);
              return new JudgeReply("8 4", 0, 0);
            },
            "m",
            ChatSummary.Version.V1_5,
            EvaluationOptions.DEFAULT.withQuirks(quirks));

    scoring.run(
        new ChatScoring.ChatFiles(questions, answers, folder.resolve("s.jsonl"), false),
        new StringBuilder());

    assertThat(asked.get(0).messages().get(1).content())
        .contains("\n\t- one\n\t- two\n\n[Question]\nWhy?\n\n[Assistant 1]")
        .contains("[Assistant 2]\nx\n");
  }

  /** What a local service saw. */
  private record Seen(String path, String auth, String body) {}

  private static HttpServer serve(int status, String body, List<Seen> seen) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String auth = exchange.getRequestHeaders().getFirst("Authorization");
          String key = exchange.getRequestHeaders().getFirst("api-key");
          seen.add(
              new Seen(
                  exchange.getRequestURI().toString(),
                  auth == null ? "key " + key : auth,
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static final String COMPLETION =
      """
      {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4", "choices":
       [{"index": 0, "finish_reason": "stop", "logprobs": null,
         "message": {"role": "assistant", "content": "8 9\\nü", "refusal": null}}],
       "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}
      """;

  private static String address(HttpServer server) {
    return "http://localhost:" + server.getAddress().getPort();
  }

  @Test
  void asksAServiceOfOpenAi() throws IOException {
    List<Seen> seen = new ArrayList<>();
    HttpServer server = serve(200, COMPLETION, seen);
    OpenAiJudgeConfig config =
        new OpenAiJudgeConfig(
            Optional.of(address(server) + "/v1"),
            "secret",
            Optional.empty(),
            Duration.ofSeconds(20));
    try (OpenAiChatJudge judge = new OpenAiChatJudge(config)) {
      assertThat(judge.ask(REQUEST)).isEqualTo(new JudgeReply("8 9\nü", 12, 3));
    } finally {
      server.stop(0);
    }
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).path()).isEqualTo("/v1/chat/completions");
    assertThat(seen.get(0).auth()).isEqualTo("Bearer secret");
    assertThat(seen.get(0).body())
        .contains("\"max_tokens\":64", "\"temperature\":0.2", "\"model\":\"gpt-4\"", "Who é?");
    assertThat(config.toString()).doesNotContain("secret");
  }

  @Test
  void asksADeploymentOfAzure() throws IOException {
    List<Seen> seen = new ArrayList<>();
    HttpServer server = serve(200, COMPLETION, seen);
    try (OpenAiChatJudge judge =
        new OpenAiChatJudge(
            OpenAiJudgeConfig.azure(address(server), "secret", "2023-12-01-preview"))) {
      assertThat(judge.ask(REQUEST).text()).startsWith("8 9");
    } finally {
      server.stop(0);
    }
    assertThat(seen.get(0).path())
        .isEqualTo("/openai/deployments/gpt-4/chat/completions?api-version=2023-12-01-preview");
    assertThat(seen.get(0).auth()).isEqualTo("key secret");
  }

  @Test
  void saysWhichFailuresMayPass() throws IOException {
    for (int status : new int[] {401, 429, 500}) {
      HttpServer server =
          serve(status, "{\"error\": {\"message\": \"no\", \"type\": \"t\"}}", new ArrayList<>());
      OpenAiJudgeConfig config =
          new OpenAiJudgeConfig(
              Optional.of(address(server)), "secret", Optional.empty(), Duration.ofSeconds(20));
      try (OpenAiChatJudge judge = new OpenAiChatJudge(config)) {
        assertThatThrownBy(() -> judge.ask(REQUEST))
            .isInstanceOf(RemoteJudgeException.class)
            .hasMessageContaining("judge gpt-4: expected a reply")
            .extracting(e -> ((RemoteJudgeException) e).isRetryable())
            .isEqualTo(status != 401);
      } finally {
        server.stop(0);
      }
    }
  }
}
