package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.internal.engine.MicroBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A micro-batch as it goes to the model, and what there is to say of its samples.
 *
 * @param samples numbers of the samples in it
 * @param batch null if none could be used
 * @param refused samples that could not be used, with the reason
 * @param notes what a person should know of samples that were used
 */
record PreparedBatch(
    List<Integer> samples,
    @Nullable MicroBatch batch,
    List<SampleNote> refused,
    List<SampleNote> notes) {
  /** Copies the lists. */
  PreparedBatch {
    samples = List.copyOf(samples);
    refused = List.copyOf(refused);
    notes = List.copyOf(notes);
  }

  /** A remark on a sample. */
  record SampleNote(int sample, String text) {}
}
