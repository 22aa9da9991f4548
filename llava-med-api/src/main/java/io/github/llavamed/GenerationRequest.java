package io.github.llavamed;

import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.image.ImageInput;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One question to a model, with its images and how to answer it. Immutable.
 *
 * <p>Holds either a question, which is put into a conversation template, or the exact prompt.
 */
public final class GenerationRequest {
  private final @Nullable String question;
  private final @Nullable String prompt;
  private final @Nullable String template;
  private final List<ImageInput> images;
  private final GenerationConfig config;
  private final List<LogitsProcessor> logitsProcessors;
  private final GenerationListener listener;
  private final BooleanSupplier cancelled;

  private GenerationRequest(Builder builder) {
    this.question = builder.question;
    this.prompt = builder.prompt;
    this.template = builder.template;
    this.images = builder.images;
    this.config = builder.config;
    this.logitsProcessors = builder.logitsProcessors;
    this.listener = builder.listener;
    this.cancelled = builder.cancelled;
  }

  /**
   * Returns a builder of a request whose question is put into the family's template, as the
   * family's own evaluator does it. The template's stop string ends the answer.
   *
   * @param question the bare question, without places for images
   */
  public static Builder question(String question) {
    return new Builder(Objects.requireNonNull(question), null);
  }

  /**
   * Returns a builder of a request with the exact prompt. Only the end-of-sequence token and the
   * configured stop strings end the answer.
   *
   * @param prompt the prompt with one {@code <image>} per image; for v1.0 also with the patch run
   *     written out
   */
  public static Builder prompt(String prompt) {
    return new Builder(null, Objects.requireNonNull(prompt));
  }

  /** Returns a builder that holds this request. */
  public Builder toBuilder() {
    Builder builder = new Builder(question, prompt);
    builder.template = template;
    builder.images = images;
    builder.config = config;
    builder.logitsProcessors = logitsProcessors;
    builder.listener = listener;
    builder.cancelled = cancelled;
    return builder;
  }

  /** Returns the question, or null if there is an exact prompt. */
  public @Nullable String question() {
    return question;
  }

  /** Returns the exact prompt, or null if there is a question. */
  public @Nullable String prompt() {
    return prompt;
  }

  /** Returns the name of the question's template, or null for the family's default. */
  public @Nullable String template() {
    return template;
  }

  /** Returns the images in the order of their places in the prompt. */
  public List<ImageInput> images() {
    return images;
  }

  /** Returns how to generate. */
  public GenerationConfig config() {
    return config;
  }

  /** Returns what changes the logits of each step, in order. */
  public List<LogitsProcessor> logitsProcessors() {
    return logitsProcessors;
  }

  /** Returns who hears of each token. */
  public GenerationListener listener() {
    return listener;
  }

  /** Returns what says whether to stop. */
  public BooleanSupplier cancelled() {
    return cancelled;
  }

  /** Collects a request; not safe for concurrent use. */
  public static final class Builder {
    private final @Nullable String question;
    private final @Nullable String prompt;
    private @Nullable String template;
    private List<ImageInput> images = List.of();
    private GenerationConfig config = GenerationConfig.defaults();
    private List<LogitsProcessor> logitsProcessors = List.of();
    private GenerationListener listener = GenerationListener.none();
    private BooleanSupplier cancelled = () -> false;

    private Builder(@Nullable String question, @Nullable String prompt) {
      this.question = question;
      this.prompt = prompt;
    }

    /** Sets the name of the question's template; null for the family's default. */
    public Builder template(@Nullable String template) {
      this.template = template;
      return this;
    }

    /** Sets the images in the order of their places in the prompt. */
    public Builder images(List<ImageInput> images) {
      this.images = List.copyOf(images);
      return this;
    }

    /** Sets the images in the order of their places in the prompt. */
    public Builder images(ImageInput... images) {
      return images(List.of(images));
    }

    /** Sets how to generate. */
    public Builder config(GenerationConfig config) {
      this.config = Objects.requireNonNull(config);
      return this;
    }

    /** Sets what changes the logits of each step, in order. */
    public Builder logitsProcessors(List<LogitsProcessor> logitsProcessors) {
      this.logitsProcessors = List.copyOf(logitsProcessors);
      return this;
    }

    /** Sets who hears of each token, on the thread that generates. */
    public Builder listener(GenerationListener listener) {
      this.listener = Objects.requireNonNull(listener);
      return this;
    }

    /**
     * Sets what says whether to stop; asked before the prompt is read and after each token, on the
     * thread that generates.
     */
    public Builder cancelledWhen(BooleanSupplier cancelled) {
      this.cancelled = Objects.requireNonNull(cancelled);
      return this;
    }

    /**
     * Returns the request.
     *
     * @throws IllegalArgumentException if an exact prompt comes with a template
     */
    public GenerationRequest build() {
      if (prompt != null && template != null) {
        throw new IllegalArgumentException(
            "template '%s': an exact prompt is used as it stands; ask a question instead"
                .formatted(template));
      }
      return new GenerationRequest(this);
    }
  }
}
