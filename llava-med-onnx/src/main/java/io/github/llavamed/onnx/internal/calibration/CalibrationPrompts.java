package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.onnx.internal.graph.RowSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The prompts of a calibration as embeddings.
 *
 * @param measured prompts that channels and weights are chosen by // [s, c] each
 * @param heldOut prompts that only the result is judged by // [s, c] each
 * @param source where they came from, for reports
 */
public record CalibrationPrompts(List<float[]> measured, List<float[]> heldOut, String source) {
  /** Rows of an image's features in a prompt, spread evenly over the image. */
  private static final int IMAGE_ROWS = 32;

  /** Copies the lists. */
  public CalibrationPrompts {
    measured = List.copyOf(measured);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * Makes the prompts of a model.
   *
   * @param model the model
   * @param table its token embeddings // [v, c]
   * @param imageFeatures projected features of two images // [p, c] each
   */
  public static CalibrationPrompts of(
      ModelArtifacts model, RowSource table, List<float[]> imageFeatures) {
    LlavaConfig config = model.config();
    PromptIds ids =
        PromptIds.of(
            model.directory(),
            config,
            Math.toIntExact(Math.min(table.rows(), config.languageModel().vocabSize())));
    List<float[]> measured = new ArrayList<>();
    List<float[]> heldOut = new ArrayList<>();
    share(ids.texts(), table, measured, heldOut);
    share(ids.random(), table, measured, heldOut);
    List<int[]> around = ids.texts().isEmpty() ? ids.random() : ids.texts();
    measured.add(withImage(table, imageFeatures.get(0), around.get(0)));
    heldOut.add(withImage(table, imageFeatures.get(1), around.get(1)));
    String source =
        "%d texts, %d prompts of random ids, 2 images"
            .formatted(ids.texts().size(), ids.random().size());
    return new CalibrationPrompts(measured, heldOut, source);
  }

  /** Gives every third prompt to the held-out ones. */
  private static void share(
      List<int[]> ids, RowSource table, List<float[]> measured, List<float[]> heldOut) {
    for (int i = 0; i < ids.size(); i++) {
      (i % 3 == 2 ? heldOut : measured).add(embed(table, ids.get(i), ids.get(i).length));
    }
  }

  /** Returns the same prompts, cut to a number of values: what a short decoder has room for. */
  CalibrationPrompts cutTo(int floats) {
    return new CalibrationPrompts(cut(measured, floats), cut(heldOut, floats), source);
  }

  private static List<float[]> cut(List<float[]> prompts, int floats) {
    return prompts.stream()
        .map(rows -> rows.length <= floats ? rows : Arrays.copyOf(rows, floats))
        .toList();
  }

  /** Returns the same held-out prompts and no others. */
  public CalibrationPrompts onlyHeldOut() {
    return new CalibrationPrompts(List.of(), heldOut, source);
  }

  private static float[] embed(RowSource table, int[] ids, int count) {
    int width = table.columns();
    float[] rows = new float[count * width];
    float[] row = new float[width];
    for (int i = 0; i < count; i++) {
      table.readRow(ids[i], row);
      System.arraycopy(row, 0, rows, i * width, width);
    }
    return rows;
  }

  /** Puts rows of an image between the first id and a few more. */
  private static float[] withImage(RowSource table, float[] features, int[] ids) {
    int width = table.columns();
    int available = features.length / width;
    int count = Math.min(IMAGE_ROWS, available);
    float[] text = embed(table, ids, Math.min(ids.length, PromptIds.LENGTH - IMAGE_ROWS));
    float[] rows = new float[count * width + text.length];
    System.arraycopy(text, 0, rows, 0, width);
    for (int i = 0; i < count; i++) {
      int row = (int) ((long) i * available / count);
      System.arraycopy(features, row * width, rows, (i + 1) * width, width);
    }
    System.arraycopy(text, width, rows, (count + 1) * width, text.length - width);
    return rows;
  }
}
