package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The embeddings of checked segments: token rows from the table, image rows from the features.
 *
 * @param segments the segments, in order
 * @param images what image segments refer to
 * @param table the token embeddings
 * @param length rows of all segments together
 */
record PromptRows(
    List<InputSegment> segments, List<ImageFeatures> images, EmbeddingTable table, int length) {
  /**
   * Checks segments.
   *
   * @throws IllegalArgumentException if there are no positions, or a token id, image index or row
   *     range that does not exist
   */
  static PromptRows of(
      List<InputSegment> segments, List<ImageFeatures> images, EmbeddingTable table) {
    int length = 0;
    for (InputSegment segment : segments) {
      if (segment instanceof TokenSegment tokens) {
        checkTokens(tokens, table);
      } else if (segment instanceof ImageSegment image) {
        checkImage(image, images, table);
      }
      length = Math.addExact(length, segment.length());
    }
    if (length == 0) {
      throw new IllegalArgumentException("segments: expected at least one position, found none");
    }
    return new PromptRows(List.copyOf(segments), List.copyOf(images), table, length);
  }

  private static void checkTokens(TokenSegment tokens, EmbeddingTable table) {
    for (int i = 0; i < tokens.length(); i++) {
      int id = tokens.id(i);
      if (id < 0 || id >= table.rows()) {
        throw new IllegalArgumentException(
            "token id at place %d of its segment: expected 0 to %d, found %d"
                .formatted(i, table.rows() - 1, id));
      }
    }
  }

  private static void checkImage(
      ImageSegment segment, List<ImageFeatures> images, EmbeddingTable table) {
    int index = segment.imageIndex();
    if (index < 0 || index >= images.size()) {
      throw new IllegalArgumentException(
          "image segment: image %d of %d images".formatted(index, images.size()));
    }
    ImageFeatures features = images.get(index);
    long end = (long) segment.firstRow() + segment.length();
    if (segment.firstRow() < 0 || segment.length() < 0 || end > features.rows()) {
      throw new IllegalArgumentException(
          "image segment: rows %d to %d of image %d, which has %d"
              .formatted(segment.firstRow(), end, index, features.rows()));
    }
    if (features.hiddenSize() != table.hiddenSize()) {
      throw new IllegalArgumentException(
          "image features: expected %d columns, found %d"
              .formatted(table.hiddenSize(), features.hiddenSize()));
    }
  }

  /**
   * Writes rows at the position of a buffer.
   *
   * @param first first row, from 0 over all segments
   * @param count number of rows
   * @param target receives {@code count * c} floats
   * @param scratch overwritten // [c]
   */
  void copy(int first, int count, FloatBuffer target, float[] scratch) {
    int begin = 0;
    for (InputSegment segment : segments) {
      int end = begin + segment.length();
      int from = Math.max(first, begin);
      int to = Math.min(first + count, end);
      if (from < to) {
        copySegment(segment, from - begin, to - from, target, scratch);
      }
      begin = end;
    }
  }

  private void copySegment(
      InputSegment segment, int first, int count, FloatBuffer target, float[] scratch) {
    int width = table.hiddenSize();
    if (segment instanceof ImageSegment image) {
      int row = image.firstRow() + first;
      target.put(images.get(image.imageIndex()).values(), row * width, count * width);
    } else if (segment instanceof TokenSegment tokens) {
      for (int i = first; i < first + count; i++) {
        table.readRow(tokens.id(i), scratch);
        target.put(scratch);
      }
    }
  }
}
