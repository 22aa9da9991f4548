package io.github.llavamed.generation;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How an answer is generated. Immutable.
 *
 * <p>By default the next token is always the most probable one. With a temperature above 0 it is
 * drawn, with several beams it is searched for, with both beams are drawn; as transformers names
 * and orders it. Names and defaults are those of its {@code GenerationConfig} unless said
 * otherwise.
 */
public final class GenerationConfig {
  /**
   * Default limit of new tokens, as in the original's evaluators ({@code max_new_tokens=1024} in
   * {@code llava/eval/model_vqa.py}).
   */
  public static final int DEFAULT_MAX_NEW_TOKENS = 1024;

  /** Largest number of tokens per position in {@link #logProbs()}. */
  public static final int MAX_LOG_PROBS = 100;

  private static final GenerationConfig DEFAULTS = builder().build();

  private final int maxNewTokens;
  private final List<String> stopStrings;
  private final SamplingConfig sampling;
  private final TokenRules tokenRules;
  private final BeamSearchConfig beamSearch;
  private final int numReturnSequences;
  private final @Nullable Duration timeLimit;
  private final int logProbs;
  private final @Nullable OutputConstraint constraint;

  private GenerationConfig(Builder builder) {
    this.maxNewTokens = builder.maxNewTokens;
    this.stopStrings = builder.stopStrings;
    this.sampling = builder.sampling;
    this.tokenRules = builder.tokenRules;
    this.beamSearch = builder.beamSearch;
    this.numReturnSequences = builder.numReturnSequences;
    this.timeLimit = builder.timeLimit;
    this.logProbs = builder.logProbs;
    this.constraint = builder.constraint;
  }

  /** Returns the defaults. */
  public static GenerationConfig defaults() {
    return DEFAULTS;
  }

  /** Returns a builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that holds these settings. */
  public Builder toBuilder() {
    return builder()
        .maxNewTokens(maxNewTokens)
        .stopStrings(stopStrings)
        .sampling(sampling)
        .tokenRules(tokenRules)
        .beamSearch(beamSearch)
        .numReturnSequences(numReturnSequences)
        .timeLimit(timeLimit)
        .logProbs(logProbs)
        .constraint(constraint);
  }

  /** Returns the largest number of new tokens, ≥ 1; the context may end before. */
  public int maxNewTokens() {
    return maxNewTokens;
  }

  /** Returns the strings that end the answer, beside those of the conversation template. */
  public List<String> stopStrings() {
    return stopStrings;
  }

  /** Returns how the next token is drawn. */
  public SamplingConfig sampling() {
    return sampling;
  }

  /** Returns what is forbidden or favoured. */
  public TokenRules tokenRules() {
    return tokenRules;
  }

  /** Returns how wide the answer is searched for. */
  public BeamSearchConfig beamSearch() {
    return beamSearch;
  }

  /** Returns the number of answers to one request, ≥ 1. */
  public int numReturnSequences() {
    return numReturnSequences;
  }

  /**
   * Returns the wall-clock time after which no further token is begun, counted from the pass over
   * the prompt, or null for none.
   */
  public @Nullable Duration timeLimit() {
    return timeLimit;
  }

  /** Returns how many tokens per position are told with their log-probabilities; 0 for none. */
  public int logProbs() {
    return logProbs;
  }

  /** Returns which texts the answer may be, or null for all. */
  public @Nullable OutputConstraint constraint() {
    return constraint;
  }

  private List<@Nullable Object> values() {
    return Arrays.asList(
        maxNewTokens,
        stopStrings,
        sampling,
        tokenRules,
        beamSearch,
        numReturnSequences,
        timeLimit,
        logProbs,
        constraint);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GenerationConfig config && values().equals(config.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  /** Returns the limits, and of the rest what is not the default. */
  @Override
  public String toString() {
    return parts().stream()
        .filter(part -> !DEFAULTS.parts().contains(part))
        .map(part -> ", " + part)
        .collect(
            Collectors.joining(
                "",
                "GenerationConfig[maxNewTokens=%d, stopStrings=%s"
                    .formatted(maxNewTokens, stopStrings),
                "]"));
  }

  private List<Object> parts() {
    String answers = "numReturnSequences=" + numReturnSequences;
    String limits = "timeLimit=%s, logProbs=%d".formatted(timeLimit, logProbs);
    return List.of(sampling, tokenRules, beamSearch, answers, limits, "constraint=" + constraint);
  }

  /** Collects settings; not safe for concurrent use. Setters check the ranges. */
  public static final class Builder {
    private int maxNewTokens = DEFAULT_MAX_NEW_TOKENS;
    private List<String> stopStrings = List.of();
    private SamplingConfig sampling = SamplingConfig.GREEDY;
    private TokenRules tokenRules = TokenRules.NONE;
    private BeamSearchConfig beamSearch = BeamSearchConfig.OFF;
    private int numReturnSequences = 1;
    private @Nullable Duration timeLimit;
    private int logProbs;
    private @Nullable OutputConstraint constraint;

    private Builder() {}

    /**
     * Sets the largest number of new tokens.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder maxNewTokens(int maxNewTokens) {
      this.maxNewTokens = atLeastOne("maxNewTokens", maxNewTokens);
      return this;
    }

    /**
     * Sets the strings that end the answer.
     *
     * @throws IllegalArgumentException if one is empty: it would end every answer at once
     */
    public Builder stopStrings(List<String> stopStrings) {
      if (stopStrings.contains("")) {
        throw new IllegalArgumentException(
            "stopStrings: an empty string would end every answer after one token");
      }
      this.stopStrings = List.copyOf(stopStrings);
      return this;
    }

    /** Sets the strings that end the answer. */
    public Builder stopStrings(String... stopStrings) {
      return stopStrings(List.of(stopStrings));
    }

    /** Sets everything about how the next token is drawn. */
    public Builder sampling(SamplingConfig sampling) {
      this.sampling = Objects.requireNonNull(sampling);
      return this;
    }

    /** Sets {@link SamplingConfig#temperature}; 0 is greedy. */
    public Builder temperature(double temperature) {
      return sampling(sampling.withTemperature(temperature));
    }

    /** Sets {@link SamplingConfig#topK}; 0 is all. */
    public Builder topK(int topK) {
      return sampling(sampling.withTopK(topK));
    }

    /** Sets {@link SamplingConfig#topP}; 1 is all. */
    public Builder topP(double topP) {
      return sampling(sampling.withTopP(topP));
    }

    /** Sets {@link SamplingConfig#minP}; 0 is all. */
    public Builder minP(double minP) {
      return sampling(sampling.withMinP(minP));
    }

    /** Sets {@link SamplingConfig#seed}. */
    public Builder seed(long seed) {
      return sampling(sampling.withSeed(seed));
    }

    /** Sets everything that is forbidden or favoured. */
    public Builder tokenRules(TokenRules tokenRules) {
      this.tokenRules = Objects.requireNonNull(tokenRules);
      return this;
    }

    /** Sets {@link TokenRules#repetitionPenalty}; 1 is none. */
    public Builder repetitionPenalty(double repetitionPenalty) {
      return tokenRules(tokenRules.withRepetitionPenalty(repetitionPenalty));
    }

    /** Sets {@link TokenRules#noRepeatNgramSize}; 0 is none. */
    public Builder noRepeatNgramSize(int noRepeatNgramSize) {
      return tokenRules(tokenRules.withNoRepeatNgramSize(noRepeatNgramSize));
    }

    /** Sets {@link TokenRules#minNewTokens}. */
    public Builder minNewTokens(int minNewTokens) {
      return tokenRules(tokenRules.withMinNewTokens(minNewTokens));
    }

    /** Sets {@link TokenRules#badWords}. */
    public Builder badWords(List<String> badWords) {
      return tokenRules(tokenRules.withBadWords(badWords));
    }

    /** Sets {@link TokenRules#logitBias}. */
    public Builder logitBias(Map<Integer, Float> logitBias) {
      return tokenRules(tokenRules.withLogitBias(logitBias));
    }

    /** Sets everything about the beam search. */
    public Builder beamSearch(BeamSearchConfig beamSearch) {
      this.beamSearch = Objects.requireNonNull(beamSearch);
      return this;
    }

    /** Sets {@link BeamSearchConfig#numBeams}; 1 is no beam search. */
    public Builder numBeams(int numBeams) {
      return beamSearch(beamSearch.withNumBeams(numBeams));
    }

    /** Sets {@link BeamSearchConfig#lengthPenalty}. */
    public Builder lengthPenalty(double lengthPenalty) {
      return beamSearch(beamSearch.withLengthPenalty(lengthPenalty));
    }

    /** Sets {@link BeamSearchConfig#earlyStopping}. */
    public Builder earlyStopping(EarlyStopping earlyStopping) {
      return beamSearch(beamSearch.withEarlyStopping(earlyStopping));
    }

    /** Sets the number of answers to one request. */
    public Builder numReturnSequences(int numReturnSequences) {
      this.numReturnSequences = atLeastOne("numReturnSequences", numReturnSequences);
      return this;
    }

    /**
     * Sets the wall-clock time after which no further token is begun; null for none.
     *
     * @throws IllegalArgumentException if it is not above 0
     */
    public Builder timeLimit(@Nullable Duration timeLimit) {
      if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
        throw new IllegalArgumentException(
            "timeLimit: expected a time above 0, found " + timeLimit);
      }
      this.timeLimit = timeLimit;
      return this;
    }

    /**
     * Sets how many tokens per position are told with their log-probabilities; 0 for none.
     *
     * @throws IllegalArgumentException if it is outside 0 … {@value #MAX_LOG_PROBS}
     */
    public Builder logProbs(int logProbs) {
      if (logProbs < 0 || logProbs > MAX_LOG_PROBS) {
        throw new IllegalArgumentException(
            "logProbs: expected 0 (none) … %d, found %d".formatted(MAX_LOG_PROBS, logProbs));
      }
      this.logProbs = logProbs;
      return this;
    }

    /** Sets which texts the answer may be; null for all. */
    public Builder constraint(@Nullable OutputConstraint constraint) {
      this.constraint = constraint;
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException if more answers are asked for than beams, or than the one
     *     that exists without beams and temperature
     */
    public GenerationConfig build() {
      if (beamSearch.isOn() && numReturnSequences > beamSearch.numBeams()) {
        throw new IllegalArgumentException(
            "numReturnSequences: expected at most numBeams = %d, found %d"
                .formatted(beamSearch.numBeams(), numReturnSequences));
      }
      if (!beamSearch.isOn() && !sampling.isRandom() && numReturnSequences > 1) {
        throw new IllegalArgumentException(
            "numReturnSequences: the most probable tokens make one answer, found %d; set a"
                    .formatted(numReturnSequences)
                + " temperature or numBeams");
      }
      return new GenerationConfig(this);
    }

    private static int atLeastOne(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(
            "%s: expected 1 or more, found %d".formatted(name, value));
      }
      return value;
    }
  }
}
