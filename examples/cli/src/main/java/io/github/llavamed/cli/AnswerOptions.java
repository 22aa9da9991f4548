package io.github.llavamed.cli;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.generation.EarlyStopping;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.OutputConstraint;
import io.github.llavamed.image.ImageInput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how an answer is made. */
final class AnswerOptions {
  private static final double MILLIS_PER_SECOND = 1000;

  @Option(
      names = "--template",
      paramLabel = "NAME",
      description = "Conversation template of the question; default: the family's own.")
  @Nullable String template;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most new tokens, 1 or more; default: ${DEFAULT-VALUE}.")
  int maxNewTokens = GenerationConfig.DEFAULT_MAX_NEW_TOKENS;

  @Option(names = "--min-new-tokens", paramLabel = "N", description = "Fewest new tokens.")
  @Nullable Integer minNewTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0: always the most probable token (default); above: sampling.")
  double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Sample from the K most probable tokens; default: 50, 0: from all.")
  @Nullable Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Sample from the fewest tokens whose probabilities reach P.")
  @Nullable Double topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Sample from tokens at least P times as probable as the best.")
  @Nullable Double minP;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of the sampling; default: 0.")
  @Nullable Long seed;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1: make tokens less probable that came before.")
  @Nullable Double repetitionPenalty;

  @Option(
      names = "--no-repeat-ngram-size",
      paramLabel = "N",
      description = "Never repeat N tokens in a row.")
  @Nullable Integer noRepeatNgramSize;

  @Option(names = "--num-beams", paramLabel = "N", description = "Beam search with N beams.")
  @Nullable Integer numBeams;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "Exponent of the length that beam scores are divided by; default: 1.")
  @Nullable Double lengthPenalty;

  @Option(
      names = "--early-stopping",
      paramLabel = "WHEN",
      description = "false, true or never: when beam search ends; default: false.")
  @Nullable String earlyStopping;

  @Option(
      names = "--num-return-sequences",
      paramLabel = "N",
      description = "Number of answers; all are in the JSON output.")
  @Nullable Integer numReturnSequences;

  @Option(
      names = "--time-limit",
      paramLabel = "SECONDS",
      description = "End the answer after this time.")
  @Nullable Double timeLimit;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "A string that ends the answer; may be given several times.")
  List<String> stop = new ArrayList<>();

  @Option(
      names = "--bad-word",
      paramLabel = "TEXT",
      description = "A text that must not be in the answer; may be given several times.")
  List<String> badWords = new ArrayList<>();

  @Option(
      names = "--logit-bias",
      paramLabel = "ID=X",
      description = "Add X to the logit of a token id; may be given several times.")
  Map<Integer, Float> logitBias = new LinkedHashMap<>();

  @Option(
      names = {"--log-probs", "--logprobs"},
      paramLabel = "N",
      description =
          "With --json, the log-probability of every token and of the N most probable ones.")
  int logProbs;

  @Option(
      names = "--one-of",
      paramLabel = "TEXT",
      description = "The answer is one of these texts; once per text.")
  List<String> oneOf = new ArrayList<>();

  @Option(
      names = "--pattern",
      paramLabel = "REGEX",
      description = "The whole answer matches this regular expression.")
  @Nullable String pattern;

  /** Returns a copy whose values a request of a batch may replace. */
  AnswerOptions copy() {
    AnswerOptions copy = new AnswerOptions();
    copy.template = template;
    copy.maxNewTokens = maxNewTokens;
    copy.minNewTokens = minNewTokens;
    copy.temperature = temperature;
    copy.topK = topK;
    copy.topP = topP;
    copy.minP = minP;
    copy.seed = seed;
    copy.repetitionPenalty = repetitionPenalty;
    copy.noRepeatNgramSize = noRepeatNgramSize;
    copy.numBeams = numBeams;
    copy.lengthPenalty = lengthPenalty;
    copy.earlyStopping = earlyStopping;
    copy.numReturnSequences = numReturnSequences;
    copy.timeLimit = timeLimit;
    copy.stop = new ArrayList<>(stop);
    copy.badWords = new ArrayList<>(badWords);
    copy.logitBias = new LinkedHashMap<>(logitBias);
    copy.logProbs = logProbs;
    copy.oneOf = new ArrayList<>(oneOf);
    copy.pattern = pattern;
    return copy;
  }

  GenerationRequest.Builder request(
      @Nullable String question, @Nullable String prompt, List<Path> images) {
    GenerationRequest.Builder builder;
    if (prompt != null) {
      builder = GenerationRequest.prompt(prompt);
    } else if (question != null) {
      builder = GenerationRequest.question(question).template(template);
    } else {
      throw new IllegalArgumentException("expected a question or a prompt, found neither");
    }
    return builder.images(images.stream().map(ImageInput::of).toList()).config(config());
  }

  private GenerationConfig config() {
    GenerationConfig.Builder builder =
        GenerationConfig.builder()
            .maxNewTokens(maxNewTokens)
            .temperature(temperature)
            .stopStrings(stop)
            .badWords(badWords)
            .logitBias(logitBias)
            .logProbs(logProbs)
            .constraint(constraint());
    if (minNewTokens != null) {
      builder.minNewTokens(minNewTokens);
    }
    if (repetitionPenalty != null) {
      builder.repetitionPenalty(repetitionPenalty);
    }
    if (noRepeatNgramSize != null) {
      builder.noRepeatNgramSize(noRepeatNgramSize);
    }
    if (timeLimit != null) {
      builder.timeLimit(Duration.ofMillis(Math.round(timeLimit * MILLIS_PER_SECOND)));
    }
    sampling(builder);
    beams(builder);
    return builder.build();
  }

  private @Nullable OutputConstraint constraint() {
    if (!oneOf.isEmpty() && pattern != null) {
      throw new IllegalArgumentException(
          "--one-of does not go with --pattern: an answer keeps to one constraint");
    }
    if (pattern != null) {
      return OutputConstraint.matching(pattern);
    }
    return oneOf.isEmpty() ? null : OutputConstraint.oneOf(oneOf);
  }

  private void sampling(GenerationConfig.Builder builder) {
    if (topK != null) {
      builder.topK(topK);
    }
    if (topP != null) {
      builder.topP(topP);
    }
    if (minP != null) {
      builder.minP(minP);
    }
    if (seed != null) {
      builder.seed(seed);
    }
  }

  private void beams(GenerationConfig.Builder builder) {
    if (numBeams != null) {
      builder.numBeams(numBeams);
    }
    if (lengthPenalty != null) {
      builder.lengthPenalty(lengthPenalty);
    }
    if (earlyStopping != null) {
      builder.earlyStopping(earlyStopping(earlyStopping));
    }
    if (numReturnSequences != null) {
      builder.numReturnSequences(numReturnSequences);
    }
  }

  private static EarlyStopping earlyStopping(String text) {
    return Arrays.stream(EarlyStopping.values())
        .filter(value -> value.id().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--early-stopping: expected false, true or never, found '" + text + "'"));
  }
}
