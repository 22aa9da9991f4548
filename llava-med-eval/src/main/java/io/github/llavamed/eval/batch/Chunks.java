package io.github.llavamed.eval.batch;

import io.github.llavamed.eval.EvaluationException;
import java.util.ArrayList;
import java.util.List;

/** Cuts lists into consecutive chunks as the original does. Thread-safe. */
public final class Chunks {
  private Chunks() {}

  /**
   * Returns the chunks of size ⌈items ÷ chunks⌉, the last one shorter; there may be fewer than
   * asked for.
   *
   * @param chunks at least 1
   * @throws EvaluationException if the list is empty
   */
  public static <T> List<List<T>> split(List<T> items, int chunks) {
    if (chunks < 1) {
      throw new IllegalArgumentException("chunks: expected at least 1, found " + chunks);
    }
    if (items.isEmpty()) {
      throw new EvaluationException(
          "chunks: expected at least one item, found none", "range() arg 3 must not be zero", null);
    }
    int size = (items.size() - 1) / chunks + 1;
    List<List<T>> parts = new ArrayList<>();
    for (int start = 0; start < items.size(); start += size) {
      parts.add(List.copyOf(items.subList(start, Math.min(items.size(), start + size))));
    }
    return parts;
  }

  /**
   * Returns one chunk; an index for which no chunk is left gives an empty one.
   *
   * @param index from 0, below {@code chunks}
   */
  public static <T> List<T> chunk(List<T> items, int chunks, int index) {
    if (index < 0 || index >= chunks) {
      throw new IllegalArgumentException(
          "chunk index: expected 0 to " + (chunks - 1) + ", found " + index);
    }
    List<List<T>> parts = split(items, chunks);
    return index < parts.size() ? parts.get(index) : List.of();
  }

  /**
   * Returns chunks of a fixed size, the last one up to half as large again (helper of v1.5).
   *
   * @param size at least 1
   */
  public static <T> List<List<T>> ofSize(List<T> items, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("chunk size: expected at least 1, found " + size);
    }
    List<List<T>> parts = new ArrayList<>();
    int start = 0;
    while (start < items.size()) {
      int end = start + 1.5 * size < items.size() ? start + size : items.size();
      parts.add(List.copyOf(items.subList(start, end)));
      start = end;
    }
    return parts;
  }
}
