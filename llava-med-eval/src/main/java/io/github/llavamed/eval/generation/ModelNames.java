package io.github.llavamed.eval.generation;

import java.util.List;

/** Names models in answers files as the original does. Thread-safe. */
public final class ModelNames {
  private static final String CHECKPOINT = "checkpoint-";

  private ModelNames() {}

  /**
   * Returns v1.5's name of a model: the last part of its path, and for {@code checkpoint-…} the
   * part before it too.
   *
   * <p>Source: {@code get_model_name_from_path} of {@code llava/mm_utils.py}.
   */
  public static String fromPath(String path) {
    List<String> parts = List.of(stripSlashes(path).split("/", -1));
    String last = parts.get(parts.size() - 1);
    return last.startsWith(CHECKPOINT) && parts.size() > 1
        ? parts.get(parts.size() - 2) + "_" + last
        : last;
  }

  private static String stripSlashes(String path) {
    int start = 0;
    int end = path.length();
    while (start < end && path.charAt(start) == '/') {
      start++;
    }
    while (end > start && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(start, end);
  }
}
