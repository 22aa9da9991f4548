package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.judge.BudgetedChatJudge;
import io.github.llavamed.eval.judge.OpenAiChatJudge;
import io.github.llavamed.eval.judge.OpenAiJudgeConfig;
import io.github.llavamed.eval.judge.RecordedChatJudge;
import io.github.llavamed.eval.judge.RecordingChatJudge;
import io.github.llavamed.eval.judge.RetryPolicy;
import io.github.llavamed.eval.judge.RetryingChatJudge;
import io.github.llavamed.metric.ChatJudge;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which chat model judges. The key comes from the environment alone. */
final class JudgeChoice {
  private static final String OPENAI_KEY = "OPENAI_API_KEY";
  private static final String AZURE_KEY = "AZURE_OPENAI_API_KEY";

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The service; default: OpenAI. The key is read from OPENAI_API_KEY.")
  private @Nullable String baseUrl;

  @Option(
      names = "--azure-api-version",
      paramLabel = "V",
      description =
          "Use Azure's interface at --base-url; the key is read from" + " AZURE_OPENAI_API_KEY.")
  private @Nullable String azureApiVersion;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Append every request and reply to a cassette.")
  private @Nullable Path record;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description = "Answer from a cassette, without a network.")
  private @Nullable Path replay;

  @Option(
      names = "--budget",
      paramLabel = "N",
      description = "Most requests, failed ones included; default: no limit.")
  private @Nullable Long budget;

  @Option(
      names = "--token-budget",
      paramLabel = "N",
      description = "Tokens after which nothing more is asked; default: no limit.")
  private @Nullable Long tokenBudget;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      description =
          "Most attempts of one request, after status 429 and 5xx alone; default: ${DEFAULT-VALUE}.")
  private int attempts = RetryPolicy.DEFAULT.attempts();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Longest wait for one reply; default: ${DEFAULT-VALUE}.")
  private long timeout = OpenAiJudgeConfig.DEFAULT_TIMEOUT.toSeconds();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Most requests under way; results stay in order; default: ${DEFAULT-VALUE}.")
  private int concurrency = 1;

  /** What is done with the judge. */
  interface Use {
    /** Does it. */
    void with(ChatJudge judge) throws IOException;
  }

  int concurrency() {
    return concurrency;
  }

  void use(CommandSpec command, Use use) throws IOException {
    checkRanges(command);
    if (replay != null) {
      use.with(wrapped(RecordedChatJudge.read(replay, EvaluationOptions.DEFAULT)));
      return;
    }
    try (OpenAiChatJudge judge = new OpenAiChatJudge(config(command))) {
      use.with(wrapped(judge));
    }
  }

  private ChatJudge wrapped(ChatJudge judge) {
    ChatJudge wrapped = judge;
    if (budget != null || tokenBudget != null) {
      wrapped =
          new BudgetedChatJudge(
              wrapped,
              budget == null ? Long.MAX_VALUE : budget,
              tokenBudget == null ? Long.MAX_VALUE : tokenBudget);
    }
    if (record != null) {
      wrapped = new RecordingChatJudge(wrapped, record);
    }
    RetryPolicy policy =
        new RetryPolicy(
            attempts, RetryPolicy.DEFAULT.firstWait(), RetryPolicy.DEFAULT.longestWait());
    return new RetryingChatJudge(wrapped, policy, new Random());
  }

  private OpenAiJudgeConfig config(CommandSpec command) {
    if (azureApiVersion != null && baseUrl == null) {
      throw new ParameterException(
          command.commandLine(), "--azure-api-version: expected --base-url too, found none");
    }
    return new OpenAiJudgeConfig(
        Optional.ofNullable(baseUrl),
        key(command, azureApiVersion == null ? OPENAI_KEY : AZURE_KEY),
        Optional.ofNullable(azureApiVersion),
        Duration.ofSeconds(timeout));
  }

  private static String key(CommandSpec command, String variable) {
    String key = System.getenv(variable);
    if (key == null || key.isBlank()) {
      throw new ParameterException(
          command.commandLine(),
          "expected the judge's key in the environment variable "
              + variable
              + ", found none; set it, or answer from a cassette with --replay");
    }
    return key;
  }

  private void checkRanges(CommandSpec command) {
    boolean negative = (budget != null && budget < 0) || (tokenBudget != null && tokenBudget < 0);
    if (attempts < 1
        || concurrency < 1
        || timeout < 1
        || negative
        || (record != null && replay != null)) {
      throw new ParameterException(
          command.commandLine(),
          "expected --attempts, --concurrency and --timeout of 1 or more, budgets of 0 or more,"
              + " and not both --record and --replay");
    }
  }
}
