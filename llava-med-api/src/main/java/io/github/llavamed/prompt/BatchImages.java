package io.github.llavamed.prompt;

import io.github.llavamed.config.LlavaConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Deals the images of a batch out to its samples.
 *
 * <p>By default each sample gets the images that were supplied for it. With {@link
 * OriginalQuirks#legacyImageCursor} the original's running cursor over all images of the batch
 * decides, whoever supplied them: v1.0 with markers advances by the sample's images, without
 * markers never, and a sample without image never advances it; v1.5 advances by the sample's
 * images, and by one for a sample without image, which must still find one. Hugging Face has no
 * cursor of its own: it deals all images out in order.
 */
public final class BatchImages {
  private BatchImages() {}

  /**
   * Returns, for each sample, the place in the batch's flat image list of each of its images.
   *
   * @param imagesNeeded images that each sample's prompt shows
   * @param imagesSupplied images that the batch holds for each sample, in the flat list's order;
   *     may be more than the sample shows
   * @return one array per sample, as long as its entry in {@code imagesNeeded}
   * @throws ImageCountException if a sample gets too few
   */
  public static List<int[]> assign(
      LlavaConfig config,
      List<Integer> imagesNeeded,
      List<Integer> imagesSupplied,
      OriginalQuirks quirks) {
    if (imagesNeeded.size() != imagesSupplied.size()) {
      throw new IllegalArgumentException(
          "batch of %d samples: image counts supplied for %d"
              .formatted(imagesNeeded.size(), imagesSupplied.size()));
    }
    return quirks.legacyImageCursor()
        ? byCursor(config, imagesNeeded, imagesSupplied)
        : bySample(imagesNeeded, imagesSupplied);
  }

  private static List<int[]> bySample(List<Integer> needed, List<Integer> supplied) {
    List<int[]> assigned = new ArrayList<>();
    int first = 0;
    for (int sample = 0; sample < needed.size(); sample++) {
      if (supplied.get(sample) < needed.get(sample)) {
        throw tooFew(sample, needed.get(sample), supplied.get(sample));
      }
      assigned.add(range(first, needed.get(sample)));
      first = Math.addExact(first, supplied.get(sample));
    }
    return assigned;
  }

  private static List<int[]> byCursor(
      LlavaConfig config, List<Integer> needed, List<Integer> supplied) {
    int total = supplied.stream().mapToInt(Integer::intValue).sum();
    List<int[]> assigned = new ArrayList<>();
    int cursor = 0;
    for (int sample = 0; sample < needed.size(); sample++) {
      int count = needed.get(sample);
      int step = cursorStep(config, count);
      // A v1.5 sample without image reads an entry too, so the step has to be there.
      if (cursor + Math.max(count, step) > total) {
        throw tooFew(sample, Math.max(count, step), total - cursor);
      }
      assigned.add(range(cursor, count));
      cursor += step;
    }
    return assigned;
  }

  private static int cursorStep(LlavaConfig config, int count) {
    return switch (config.family()) {
      case LLAVA_V1_0 -> config.mmUseImStartEnd() ? count : 0;
      case LLAVA_V1_5 -> Math.max(count, 1);
      case HF_LLAVA -> count;
    };
  }

  private static int[] range(int first, int count) {
    int[] range = new int[count];
    for (int i = 0; i < count; i++) {
      range[i] = first + i;
    }
    return range;
  }

  private static ImageCountException tooFew(int sample, int needed, int found) {
    return new ImageCountException(
        "sample %d of the batch needs %d image(s), the batch has %d left for it"
            .formatted(sample, needed, found),
        needed,
        found);
  }
}
