package io.github.llavamed.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to answer a request. Immutable.
 *
 * @param text the new ids decoded without special tokens, cut before the first stop string
 * @param outputIds the new ids, the end-of-sequence id included if it came
 * @param finishReason why it ended
 * @param beamScore of a beam search: the sum of the log-probabilities divided by the length to the
 *     power of the length penalty; the length is that of the family's library: new ids for v1.5 and
 *     Hugging Face, prompt and new ids without end-of-sequence for v1.0. Null without beam search
 * @param logProbs one per new id if they were asked for, otherwise none
 */
public record GeneratedSequence(
    String text,
    List<Integer> outputIds,
    FinishReason finishReason,
    @Nullable Double beamScore,
    List<TokenLogProbs> logProbs) {
  /** Copies the lists. */
  public GeneratedSequence {
    outputIds = List.copyOf(outputIds);
    logProbs = List.copyOf(logProbs);
  }
}
