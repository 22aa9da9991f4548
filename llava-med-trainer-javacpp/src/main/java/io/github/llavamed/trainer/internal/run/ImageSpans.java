package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.training.InvalidTrainingDataException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the places of images in ids, by the rules of v1.0.0.
 *
 * @param patchId id of {@code <im_patch>}
 * @param startId id of {@code <im_start>}, or -1 without markers
 * @param endId id of {@code <im_end>}, or -1 without markers
 * @param rows feature rows of an image
 */
record ImageSpans(int patchId, int startId, int endId, int rows) {
  /**
   * Returns where the features of each image begin; none if there is no patch token.
   *
   * @throws InvalidTrainingDataException if markers and patch tokens do not fit together, for
   *     instance because the sample was cut within an image
   */
  List<Integer> find(int sample, int[] ids) {
    if (count(ids, patchId) == 0) {
      return List.of();
    }
    return startId < 0 ? consecutive(sample, ids) : marked(sample, ids);
  }

  private List<Integer> marked(int sample, int[] ids) {
    if (count(ids, startId) != count(ids, endId)) {
      throw invalid(
          sample, "The number of image start tokens and image end tokens should be the same.");
    }
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] != startId) {
        continue;
      }
      int end = i + rows + 1;
      if (end >= ids.length || ids[end] != endId || !allPatches(ids, i + 1, end)) {
        throw invalid(sample, "The image end token should follow the image start token.");
      }
      starts.add(i + 1);
    }
    if (starts.isEmpty()) {
      throw invalid(sample, "expected image tokens between markers, found no marker");
    }
    return starts;
  }

  private List<Integer> consecutive(int sample, int[] ids) {
    if (count(ids, patchId) != rows) {
      throw invalid(
          sample,
          "The number of image patch tokens should be the same as the number of image patches.");
    }
    int first = 0;
    while (ids[first] != patchId) {
      first++;
    }
    if (first + rows > ids.length || !allPatches(ids, first, first + rows)) {
      throw invalid(sample, "The image patch tokens should be consecutive.");
    }
    return List.of(first);
  }

  private boolean allPatches(int[] ids, int from, int to) {
    for (int i = from; i < to; i++) {
      if (ids[i] != patchId) {
        return false;
      }
    }
    return true;
  }

  private static int count(int[] ids, int wanted) {
    int count = 0;
    for (int id : ids) {
      count += id == wanted ? 1 : 0;
    }
    return count;
  }

  private static InvalidTrainingDataException invalid(int sample, String message) {
    return new InvalidTrainingDataException(
        "sample %d: %s A longer modelMaxLength may help.".formatted(sample, message), null);
  }
}
