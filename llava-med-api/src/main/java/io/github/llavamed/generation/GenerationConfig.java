package io.github.llavamed.generation;

import java.util.List;

/**
 * How an answer is generated. Immutable.
 *
 * <p>The next token is always the most probable one.
 */
public final class GenerationConfig {
  /**
   * Default limit of new tokens, as in the original's evaluators ({@code max_new_tokens=1024} in
   * {@code llava/eval/model_vqa.py}).
   */
  public static final int DEFAULT_MAX_NEW_TOKENS = 1024;

  private static final GenerationConfig DEFAULTS = builder().build();

  private final int maxNewTokens;
  private final List<String> stopStrings;

  private GenerationConfig(Builder builder) {
    this.maxNewTokens = builder.maxNewTokens;
    this.stopStrings = builder.stopStrings;
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
    return builder().maxNewTokens(maxNewTokens).stopStrings(stopStrings);
  }

  /** Returns the largest number of new tokens, ≥ 1; the context may end before. */
  public int maxNewTokens() {
    return maxNewTokens;
  }

  /** Returns the strings that end the answer, beside those of the conversation template. */
  public List<String> stopStrings() {
    return stopStrings;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GenerationConfig config
        && maxNewTokens == config.maxNewTokens
        && stopStrings.equals(config.stopStrings);
  }

  @Override
  public int hashCode() {
    return 31 * maxNewTokens + stopStrings.hashCode();
  }

  @Override
  public String toString() {
    return "GenerationConfig[maxNewTokens=" + maxNewTokens + ", stopStrings=" + stopStrings + "]";
  }

  /** Collects settings; not safe for concurrent use. */
  public static final class Builder {
    private int maxNewTokens = DEFAULT_MAX_NEW_TOKENS;
    private List<String> stopStrings = List.of();

    private Builder() {}

    /**
     * Sets the largest number of new tokens.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder maxNewTokens(int maxNewTokens) {
      if (maxNewTokens < 1) {
        throw new IllegalArgumentException(
            "maxNewTokens: expected 1 or more, found " + maxNewTokens);
      }
      this.maxNewTokens = maxNewTokens;
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

    /** Returns the settings. */
    public GenerationConfig build() {
      return new GenerationConfig(this);
    }
  }
}
