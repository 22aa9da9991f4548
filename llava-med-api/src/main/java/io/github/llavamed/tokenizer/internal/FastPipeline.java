package io.github.llavamed.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a fast tokenizer does around its model. Immutable.
 *
 * @param normalizer changes to each part of a text
 * @param metaspace the pre-tokenizer, null for none
 * @param prefix tokens put in front when special tokens are asked for
 * @param suffix tokens put behind
 * @param decoding how tokens become text
 */
record FastPipeline(
    List<TextStep> normalizer,
    @Nullable Metaspace metaspace,
    List<String> prefix,
    List<String> suffix,
    FastDecoding decoding) {
  FastPipeline {
    normalizer = List.copyOf(normalizer);
    prefix = List.copyOf(prefix);
    suffix = List.copyOf(suffix);
  }

  FastPipeline withTemplate(List<String> newPrefix, List<String> newSuffix) {
    return new FastPipeline(normalizer, metaspace, newPrefix, newSuffix, decoding);
  }

  /** Returns a pipeline with the slow tokenizer's prefix and texts; this one if it has a prefix. */
  FastPipeline asSlow() {
    if (metaspace != null || normalizer.stream().anyMatch(TextStep.Prepend.class::isInstance)) {
      return this;
    }
    List<TextStep> steps = new ArrayList<>(normalizer);
    steps.add(0, new TextStep.Prepend(SentencePieceModel.SPACE));
    return new FastPipeline(steps, null, prefix, suffix, FastDecoding.slowLlama());
  }
}
