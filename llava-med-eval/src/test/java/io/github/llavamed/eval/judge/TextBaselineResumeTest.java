package io.github.llavamed.eval.judge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.ProvenanceFile;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text baseline that ends early and goes on, against a server on this machine. */
@Timeout(60)
class TextBaselineResumeTest {
  private static final String PATH = "/v1/chat/completions";
  private static final EvaluationOptions OPTIONS = EvaluationOptions.DEFAULT;

  @TempDir Path folder;
  private WireMockServer server;
  private OpenAiChatJudge remote;
  private TextBaseline.BaselineFiles files;

  @BeforeEach
  void startServer() throws IOException {
    server = new WireMockServer(WireMockConfiguration.options().dynamicPort().jettyAcceptors(1));
    server.start();
    remote =
        new OpenAiChatJudge(
            new OpenAiJudgeConfig(
                Optional.of(server.baseUrl() + "/v1"),
                "sk-key",
                Optional.empty(),
                Duration.ofSeconds(20)));
    StringBuilder lines = new StringBuilder();
    for (int id = 5; id >= 1; id--) {
      lines.append("{\"question_id\": %d, \"text\": \"Question %d.\"}\n".formatted(id, id));
      reply(id, completion("reply " + id));
    }
    files =
        new TextBaseline.BaselineFiles(
            Files.writeString(folder.resolve("q.jsonl"), lines),
            folder.resolve("out/answer.jsonl"),
            false);
  }

  @AfterEach
  void stopServer() {
    remote.close();
    server.stop();
  }

  private void reply(int id, ResponseDefinitionBuilder response) {
    server.stubFor(
        post(urlPathEqualTo(PATH))
            .withRequestBody(containing("Question " + id + "."))
            .willReturn(response));
  }

  private static ResponseDefinitionBuilder completion(String reply) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("id", "c").put("object", "chat.completion").put("created", 1).put("model", "m");
    ObjectNode choice = json.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop").putNull("logprobs");
    choice.putObject("message").put("role", "assistant").put("content", reply).putNull("refusal");
    return aResponse()
        .withStatus(200)
        .withHeader("Content-Type", "application/json")
        .withBody(json.toString());
  }

  private int requestsFor(String text) {
    return server
        .countRequestsMatching(
            postRequestedFor(urlPathEqualTo(PATH)).withRequestBody(containing(text)).build())
        .getCount();
  }

  private static TextBaseline baseline(ChatJudge model, int maxTokens, int concurrency) {
    return new TextBaseline(model, maxTokens, OPTIONS, new SplittableRandom(3), concurrency);
  }

  /** Answers so many questions, then ends as a process does that is killed. */
  private void runUntilTheEndAfter(int answers, int concurrency) {
    AtomicInteger asked = new AtomicInteger();
    ChatJudge mortal =
        request -> {
          if (asked.getAndIncrement() >= answers) {
            throw new IllegalStateException("the end");
          }
          return remote.ask(request);
        };
    assertThatThrownBy(() -> baseline(mortal, 64, concurrency).run(files, new StringBuilder()))
        .hasMessage("the end");
  }

  private static String withoutIds(String lines) {
    return lines.replaceAll("\"answer_id\": \"\\w{20,22}\"", "\"answer_id\": \"\"");
  }

  private static String line(int id, String text) {
    return ("{\"answer_id\": \"\", \"question_id\": %d, \"model_id\": \"gpt-3.5-turbo:20230327\","
            + " \"text\": \"%s\"}")
        .formatted(id, text);
  }

  private static String finished() {
    return String.join(
        "\n",
        line(1, "reply 1"),
        line(2, "reply 2"),
        line(3, "reply 3"),
        line(4, "reply 4"),
        line(5, "reply 5"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void goesOnAfterTheAnswersThatAreThere(int concurrency) throws IOException {
    runUntilTheEndAfter(3, concurrency);
    String begun = Files.readString(files.output());
    int kept = (int) begun.lines().count();
    assertThat(kept).isBetween(1, 3);
    if (concurrency == 1) {
      assertThat(withoutIds(begun))
          .isEqualTo(
              String.join("\n", line(5, "reply 5"), line(4, "reply 4"), line(3, "reply 3"), ""));
    }
    Provenance first = ProvenanceFile.read(files.output(), OPTIONS).get(0);
    server.resetRequests();

    baseline(remote, 64, concurrency).run(files, new StringBuilder());

    assertThat(requestsFor("Question")).isEqualTo(5 - kept);
    assertThat(withoutIds(Files.readString(files.output()))).isEqualTo(finished());
    assertThat(Files.readString(files.output())).contains(begun.lines().toList());
    Provenance resumed = ProvenanceFile.read(files.output(), OPTIONS).get(0);
    assertThat(resumed.date()).isEqualTo(first.date());
    assertThat(resumed.settings()).containsKey("resumed").containsEntry("judge.max_tokens", "64");
  }

  @Test
  void asksAgainForTheAnswerThatWasNotWrittenToItsEnd() throws IOException {
    runUntilTheEndAfter(3, 1);
    byte[] begun = Files.readAllBytes(files.output());
    Files.write(files.output(), Arrays.copyOf(begun, begun.length - 9));
    server.resetRequests();

    baseline(remote, 64, 1).run(files, new StringBuilder());

    assertThat(requestsFor("Question")).isEqualTo(3);
    assertThat(requestsFor("Question 3.")).isEqualTo(1);
    assertThat(withoutIds(Files.readString(files.output()))).isEqualTo(finished());
  }

  @Test
  void aFinishedRunSendsNoRequestAndChangesNoAnswer() throws IOException {
    baseline(remote, 64, 1).run(files, new StringBuilder());
    String finished = Files.readString(files.output());
    server.resetRequests();

    baseline(remote, 64, 1).run(files, new StringBuilder());

    assertThat(requestsFor("")).isZero();
    assertThat(Files.readString(files.output())).isEqualTo(finished);

    baseline(remote, 64, 1)
        .run(
            new TextBaseline.BaselineFiles(files.questions(), files.output(), true),
            new StringBuilder());
    assertThat(requestsFor("Question")).as("overwritten").isEqualTo(5);
  }

  @Test
  void asksAgainWhereTheServiceFailed() throws IOException {
    reply(4, aResponse().withStatus(503));
    StringBuilder out = new StringBuilder();
    baseline(remote, 64, 1).run(files, out);
    assertThat(out.toString().lines()).hasSize(3).allMatch(line -> line.startsWith("[ERROR] "));
    assertThat(Files.readString(files.output())).contains("#ERROR#");
    reply(4, completion("reply 4"));
    server.resetRequests();

    baseline(remote, 64, 1).run(files, new StringBuilder());

    assertThat(requestsFor("Question")).isEqualTo(1);
    assertThat(withoutIds(Files.readString(files.output()))).isEqualTo(finished());
  }

  @Test
  void refusesAnswersThatWereMadeInAnotherWay() throws IOException {
    runUntilTheEndAfter(3, 1);
    String begun = Files.readString(files.output());
    server.resetRequests();

    assertThatThrownBy(() -> baseline(remote, 65, 1).run(files, new StringBuilder()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("judge.max_tokens 65 instead of 64");
    String questions = Files.readString(files.questions());
    Files.writeString(files.questions(), questions.replace("Question 5.", "Another."));
    assertThatThrownBy(() -> baseline(remote, 64, 1).run(files, new StringBuilder()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("judge.questions");
    Files.writeString(files.questions(), questions.replace("_id\": 4", "_id\": 7"));
    assertThatThrownBy(() -> baseline(remote, 64, 1).run(files, new StringBuilder()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("answer.jsonl, line 2", "found one to question 4");
    Files.writeString(files.questions(), questions);
    Files.writeString(
        files.output(), line(1, "x").replace("turbo", "other"), StandardOpenOption.APPEND);
    assertThatThrownBy(() -> baseline(remote, 64, 1).run(files, new StringBuilder()))
        .hasMessageContainingAll("answer.jsonl, line 4", "gpt-3.5-turbo", "gpt-3.5-other");

    assertThat(requestsFor("")).isZero();
    assertThat(files.output()).content().startsWith(begun);
  }
}
