package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.prompt.Prompt;
import java.util.List;

/**
 * An answer and where it came from. Immutable.
 *
 * @param text the answer: the new ids decoded without special tokens, cut before the first stop
 *     string
 * @param prompt the prompt as it was put to the model: exact text, ids, segments
 * @param outputIds the new ids, the end-of-sequence id included if it came
 * @param finishReason why the answer ended
 * @param usage positions used
 * @param timing where the time went
 * @param origin the model that answered and what it ran on
 * @param sequences all answers, at least one, of which the first is the one above; more only if the
 *     request asked for several
 */
public record GenerationResult(
    String text,
    Prompt prompt,
    List<Integer> outputIds,
    FinishReason finishReason,
    TokenUsage usage,
    GenerationTiming timing,
    ModelDescription origin,
    List<GeneratedSequence> sequences) {
  /** Copies the lists. */
  public GenerationResult {
    outputIds = List.copyOf(outputIds);
    sequences = List.copyOf(sequences);
  }

  /** Makes a result of one answer without scores. */
  public GenerationResult(
      String text,
      Prompt prompt,
      List<Integer> outputIds,
      FinishReason finishReason,
      TokenUsage usage,
      GenerationTiming timing,
      ModelDescription origin) {
    this(
        text,
        prompt,
        outputIds,
        finishReason,
        usage,
        timing,
        origin,
        List.of(new GeneratedSequence(text, outputIds, finishReason, null, List.of())));
  }

  /** Returns the log-probabilities of the answer's ids, none if they were not asked for. */
  public List<TokenLogProbs> logProbs() {
    return sequences.get(0).logProbs();
  }

  /** Returns the ids of the prompt as the family's own processor makes them. */
  public List<Integer> inputIds() {
    return prompt.inputIds();
  }

  /** Returns the name of the checkpoint directory. */
  public String model() {
    return origin.name();
  }

  /** Returns the layout of the checkpoint. */
  public ModelFamily family() {
    return origin.family();
  }

  /** Returns the id of the backend that ran. */
  public String backend() {
    return origin.backendId();
  }

  /** Returns the number format that ran. */
  public Precision precision() {
    return origin.precision();
  }
}
