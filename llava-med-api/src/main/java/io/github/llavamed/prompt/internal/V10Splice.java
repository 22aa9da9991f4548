package io.github.llavamed.prompt.internal;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.prompt.ImageCountException;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.InvalidPromptException;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * The splice of v1.0: finds the patch ids that image features replace.
 *
 * <p>The first sentences of the four errors are the original's.
 *
 * @param patchId id of {@code <im_patch>}
 * @param startId id of {@code <im_start>}, -1 without markers
 * @param endId id of {@code <im_end>}, -1 without markers
 * @param rows feature rows of an image
 * @param lastImageOnly {@link OriginalQuirks#legacyLastImageOnly}
 */
record V10Splice(int patchId, int startId, int endId, int rows, boolean lastImageOnly) {
  static V10Splice create(LlavaConfig config, Tokenizer tokenizer, OriginalQuirks quirks) {
    String why = "prompts of a v1.0 model with mm_use_im_start_end = %s need";
    String reason = why.formatted(config.mmUseImStartEnd());
    int patch = PromptIds.require(tokenizer, V10PromptBuilder.PATCH, reason);
    int start = -1;
    int end = -1;
    if (config.mmUseImStartEnd()) {
      start = PromptIds.require(tokenizer, V10PromptBuilder.START, reason);
      end = PromptIds.require(tokenizer, V10PromptBuilder.END, reason);
    }
    return new V10Splice(
        patch, start, end, config.imageFeatureCount(), quirks.legacyLastImageOnly());
  }

  List<InputSegment> segments(int[] ids, int images) {
    int patches = PromptIds.count(ids, patchId);
    if (patches == 0) {
      if (images != 0) {
        throw new ImageCountException(0, images);
      }
      SegmentList all = new SegmentList();
      all.tokens(ids, 0, ids.length);
      return all.toList();
    }
    return startId >= 0 ? betweenMarkers(ids, images, patches) : patchRuns(ids, images, patches);
  }

  private List<InputSegment> betweenMarkers(int[] ids, int images, int patches) {
    int[] starts = PromptIds.positions(ids, startId);
    int ends = PromptIds.count(ids, endId);
    if (starts.length != ends) {
      throw new InvalidPromptException(
          "The number of image start tokens and image end tokens should be the same. "
              + "Found %d and %d; was the prompt cut?".formatted(starts.length, ends));
    }
    if (starts.length == 0) {
      throw strayPatches(patches);
    }
    if (starts.length != images) {
      throw new ImageCountException(starts.length, images);
    }
    for (int start : starts) {
      checkBlock(ids, start);
    }
    if (patches != starts.length * rows) {
      throw strayPatches(patches - starts.length * rows);
    }
    SegmentList segments = new SegmentList();
    int from = 0;
    for (int image = lastImageOnly ? images - 1 : 0; image < images; image++) {
      segments.tokens(ids, from, starts[image] + 1);
      segments.image(image, 0, rows);
      from = starts[image] + 1 + rows;
    }
    segments.tokens(ids, from, ids.length);
    return segments.toList();
  }

  private void checkBlock(int[] ids, int start) {
    int end = start + rows + 1;
    if (end >= ids.length) {
      throw new InvalidPromptException(
          ("image block at position %d: expected %d patch tokens and the end token, found the end"
                  + " of the prompt at position %d; was the prompt cut?")
              .formatted(start, rows, ids.length));
    }
    if (ids[end] != endId) {
      throw new InvalidPromptException(
          "The image end token should follow the image start token. "
              + "Expected id %d at position %d, %d patches after the start token, found %d"
                  .formatted(endId, end, rows, ids[end]));
    }
    for (int i = start + 1; i < end; i++) {
      if (ids[i] != patchId) {
        throw new InvalidPromptException(
            ("image block at position %d: expected only patch tokens (id %d) between the markers,"
                    + " found id %d at position %d")
                .formatted(start, patchId, ids[i], i));
      }
    }
  }

  private List<InputSegment> patchRuns(int[] ids, int images, int patches) {
    if (images == 0) {
      throw new ImageCountException(patches / rows, 0);
    }
    if (patches != images * rows || (lastImageOnly && images > 1)) {
      throw new InvalidPromptException(
          "The number of image patch tokens should be the same as the number of image patches. "
              + "Expected %d for %d image(s) of %d, found %d"
                  .formatted(images * rows, images, rows, patches));
    }
    SegmentList segments = new SegmentList();
    int image = 0;
    int from = 0;
    for (int at = 0; at < ids.length; at++) {
      if (ids[at] == patchId) {
        requireRun(ids, at);
        segments.tokens(ids, from, at);
        segments.image(image++, 0, rows);
        from = at + rows;
        at = from - 1;
      }
    }
    segments.tokens(ids, from, ids.length);
    return segments.toList();
  }

  private void requireRun(int[] ids, int from) {
    for (int i = from; i < from + rows; i++) {
      if (i >= ids.length || ids[i] != patchId) {
        throw new InvalidPromptException(
            "The image patch tokens should be consecutive. "
                + "Expected %d from position %d on, found %d".formatted(rows, from, i - from));
      }
    }
  }

  private static InvalidPromptException strayPatches(int patches) {
    return new InvalidPromptException(
        ("found %d patch token(s) outside of image start and end tokens; this model needs"
                + " <im_start> before and <im_end> after every patch run")
            .formatted(patches));
  }
}
