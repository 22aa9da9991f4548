package io.github.llavamed.prompt;

import java.util.List;

/**
 * A prompt ready for a decoder.
 *
 * @param text the exact prompt text
 * @param inputIds the ids as the family's own processor makes them: -200 per image for v1.5, patch
 *     ids for v1.0, expanded image ids for HF
 * @param segments the same as token and image segments
 */
public record Prompt(String text, List<Integer> inputIds, List<InputSegment> segments) {
  /** Copies the lists. */
  public Prompt {
    inputIds = List.copyOf(inputIds);
    segments = List.copyOf(segments);
  }

  /** Returns the number of positions that the prompt fills in the decoder. */
  public int length() {
    return segments.stream().mapToInt(InputSegment::length).sum();
  }

  /** Returns how many of the positions belong to images. */
  public int imagePositions() {
    return segments.stream()
        .filter(ImageSegment.class::isInstance)
        .mapToInt(InputSegment::length)
        .sum();
  }
}
