package io.github.llavamed.cli;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.image.ImageInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how an answer is made. */
final class AnswerOptions {
  @Option(
      names = "--template",
      paramLabel = "NAME",
      description = "Conversation template of the question; default: the family's own.")
  private @Nullable String template;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most new tokens, 1 or more; default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = GenerationConfig.DEFAULT_MAX_NEW_TOKENS;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "A string that ends the answer; may be given several times.")
  private List<String> stop = new ArrayList<>();

  @Nullable String template() {
    return template;
  }

  /** Returns a copy whose values a request of a batch may replace. */
  AnswerOptions copy() {
    AnswerOptions copy = new AnswerOptions();
    copy.template = template;
    copy.maxNewTokens = maxNewTokens;
    copy.stop = new ArrayList<>(stop);
    return copy;
  }

  void template(@Nullable String name) {
    template = name;
  }

  void maxNewTokens(int count) {
    maxNewTokens = count;
  }

  void stop(List<String> strings) {
    stop = new ArrayList<>(strings);
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
    return GenerationConfig.builder().maxNewTokens(maxNewTokens).stopStrings(stop).build();
  }
}
