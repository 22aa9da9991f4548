package io.github.llavamed.prompt.internal;

import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.InvalidPromptException;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What the prompt rules of all families share: looking at ids and counting. */
final class PromptIds {
  private PromptIds() {}

  /** Returns the id of a token that the model needs. */
  static int require(Tokenizer tokenizer, String token, String why) {
    return tokenizer
        .idOf(token)
        .orElseThrow(
            () ->
                new InvalidPromptException(
                    "the tokenizer has no token %s, which %s; use the tokenizer files of the checkpoint"
                        .formatted(token, why)));
  }

  /** Checks that there are ids and that all of them, or {@code alsoAllowed}, are known. */
  static void check(int[] ids, Tokenizer tokenizer, int alsoAllowed) {
    if (ids.length == 0) {
      throw new InvalidPromptException("the prompt is empty; expected at least one token");
    }
    int size = tokenizer.size();
    for (int i = 0; i < ids.length; i++) {
      if ((ids[i] < 0 || ids[i] >= size) && ids[i] != alsoAllowed) {
        throw new InvalidPromptException(
            "input id %d at position %d: expected 0 to %d, the tokenizer's ids"
                .formatted(ids[i], i, size - 1));
      }
    }
  }

  static int count(int[] ids, int id) {
    return (int) Arrays.stream(ids).filter(candidate -> candidate == id).count();
  }

  static int[] positions(int[] ids, int id) {
    int[] found = new int[count(ids, id)];
    int next = 0;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == id) {
        found[next++] = i;
      }
    }
    return found;
  }

  /** Returns how often a text occurs in another, without overlap. */
  static int occurrences(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  static Prompt prompt(String text, int[] ids, List<InputSegment> segments) {
    return new Prompt(text, Arrays.stream(ids).boxed().collect(Collectors.toList()), segments);
  }
}
