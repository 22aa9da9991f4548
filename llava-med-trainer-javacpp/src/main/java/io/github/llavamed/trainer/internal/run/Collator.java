package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.prompt.BatchImages;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.trainer.data.SampleEncoder;
import io.github.llavamed.trainer.internal.engine.BatchImage;
import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.trainer.internal.engine.MicroBatch.ImageSpan;
import io.github.llavamed.training.TrainingQuirks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts samples side by side: padding on the right, images dealt out.
 *
 * @param config the model, or null for a decoder alone
 * @param padId id of padding; v1.0 masks it wherever it stands, as in the original
 * @param markers whether images stand between markers
 * @param quirks which defects are reproduced
 */
record Collator(@Nullable LlavaConfig config, int padId, boolean markers, TrainingQuirks quirks) {
  MicroBatch collate(List<SampleLoader.Loaded> samples) {
    int length = samples.stream().mapToInt(s -> s.text().inputIds().length).max().orElse(0);
    int[][] ids = new int[samples.size()][];
    int[][] labels = new int[samples.size()][];
    boolean[][] mask = new boolean[samples.size()][length];
    boolean[] gradientRows = new boolean[samples.size()];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = padded(samples.get(row).text().inputIds(), length, padId);
      labels[row] = padded(samples.get(row).text().labels(), length, SampleEncoder.IGNORE_INDEX);
      for (int i = 0; i < length; i++) {
        mask[row][i] = maskById() ? ids[row][i] != padId : i < samples.get(row).length();
      }
      gradientRows[row] =
          quirks.legacyTextOnlyGradients() && samples.get(row).imageStarts().isEmpty();
    }
    if (config == null) {
      return new MicroBatch(ids, labels, mask, List.of(), 0, List.of(), gradientRows);
    }
    int size = config.visionTower().imageSize();
    List<BatchImage> images = new ArrayList<>();
    List<ImageSpan> spans = images(config, samples, size, images);
    return new MicroBatch(ids, labels, mask, images, size, spans, gradientRows);
  }

  /** v1.0 hides padding ids wherever they stand; the unknown token pads v1.5, and may be text. */
  private boolean maskById() {
    return config == null || config.family() == ModelFamily.LLAVA_V1_0;
  }

  private static int[] padded(int[] values, int length, int padding) {
    int[] row = Arrays.copyOf(values, length);
    Arrays.fill(row, values.length, length, padding);
    return row;
  }

  /** Deals out images, and adds to {@code images} those that the batch holds. */
  private List<ImageSpan> images(
      LlavaConfig model, List<SampleLoader.Loaded> samples, int size, List<BatchImage> images) {
    List<Integer> needed = new ArrayList<>();
    List<Integer> supplied = new ArrayList<>();
    for (SampleLoader.Loaded sample : samples) {
      needed.add(sample.imageStarts().size());
      boolean supplies =
          sample.image() != null && (quirks.legacyImageCursor() || !sample.imageStarts().isEmpty());
      if (supplies || quirks.legacyImageCursor()) {
        // The original gives a sample without image a black one.
        images.add(
            sample.image() != null ? sample.image() : BatchImage.of(new float[3 * size * size]));
      }
      supplied.add(supplies || quirks.legacyImageCursor() ? 1 : 0);
    }
    OriginalQuirks cursor =
        OriginalQuirks.builder().legacyImageCursor(quirks.legacyImageCursor()).build();
    List<int[]> dealt = BatchImages.assign(model, needed, supplied, cursor);
    List<ImageSpan> spans = new ArrayList<>();
    for (int row = 0; row < samples.size(); row++) {
      List<Integer> starts = samples.get(row).imageStarts();
      int first = quirks.legacyLastImageOnly() ? Math.max(0, starts.size() - 1) : 0;
      for (int i = first; i < starts.size(); i++) {
        spans.add(
            new ImageSpan(
                row, starts.get(i), dealt.get(row)[i], model.imageFeatureCount(), markers));
      }
    }
    return spans;
  }
}
