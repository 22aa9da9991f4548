package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of a list of requests up to the first that cannot be made, which fails when its turn
 * comes.
 */
final class PromptList {
  private final List<Item> items = new ArrayList<>();
  private @Nullable RuntimeException failure;

  /**
   * A prompt.
   *
   * @param stopStrings of its template
   * @param time spent on making it
   */
  record Item(Prompt prompt, List<String> stopStrings, Duration time) {}

  /** Makes the prompts. */
  PromptList(List<GenerationRequest> requests, ModelParts parts) {
    for (GenerationRequest request : requests) {
      long start = System.nanoTime();
      try {
        RequestText text = RequestText.of(request, parts);
        Prompt prompt = parts.prompt(text.text(), request.images().size());
        items.add(
            new Item(prompt, text.stopStrings(), Duration.ofNanos(System.nanoTime() - start)));
      } catch (RuntimeException e) {
        failure = e;
        return;
      }
    }
  }

  /** Returns the prompts that could be made. */
  List<Item> items() {
    return items;
  }

  /**
   * Returns a prompt.
   *
   * @throws RuntimeException why it could not be made
   */
  Item get(int index) {
    if (index == items.size() && failure != null) {
      throw failure;
    }
    return items.get(index);
  }
}
