package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.data.EncodedSample;
import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.training.BadSamplePolicy;
import io.github.llavamed.training.InvalidTrainingDataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples of a micro-batch and puts them together; what it does depends on its arguments
 * alone.
 *
 * @param reader reads one sample
 * @param collator puts samples together
 * @param policy what happens to samples that cannot be used
 * @param count number of samples there are
 * @param seed of replacements
 */
record BatchPreparation(
    Reader reader,
    Function<List<SampleLoader.Loaded>, MicroBatch> collator,
    BadSamplePolicy policy,
    int count,
    long seed) {
  /** A file of which so many samples in a row cannot be used is not training data. */
  private static final int MOST_REPLACEMENTS = 100;

  /** Reads samples; called from several threads. */
  @FunctionalInterface
  interface Reader {
    SampleLoader.Loaded load(int sample) throws IOException;
  }

  /**
   * Prepares a micro-batch.
   *
   * @param number its place in the run
   * @throws InvalidTrainingDataException if a sample cannot be used and the policy is to fail
   */
  PreparedBatch prepare(long number, int[] samples) throws IOException {
    List<SampleLoader.Loaded> loaded = new ArrayList<>();
    List<PreparedBatch.SampleNote> refused = new ArrayList<>();
    List<PreparedBatch.SampleNote> notes = new ArrayList<>();
    for (int place = 0; place < samples.length; place++) {
      SampleLoader.Loaded sample = load(number, place, samples[place], refused);
      if (sample != null) {
        loaded.add(sample);
        note(sample, notes);
      }
    }
    return new PreparedBatch(
        loaded.stream().map(SampleLoader.Loaded::index).toList(),
        loaded.isEmpty() ? null : collator.apply(loaded),
        refused,
        notes);
  }

  private SampleLoader.@Nullable Loaded load(
      long number, int place, int sample, List<PreparedBatch.SampleNote> refused)
      throws IOException {
    Random random = null;
    int wanted = sample;
    for (int i = 0; i <= MOST_REPLACEMENTS; i++) {
      try {
        return reader.load(wanted);
      } catch (InvalidTrainingDataException e) {
        if (policy == BadSamplePolicy.FAIL) {
          throw e;
        }
        refused.add(new PreparedBatch.SampleNote(wanted, String.valueOf(e.getMessage())));
        if (policy == BadSamplePolicy.SKIP) {
          return null;
        }
        random = random == null ? new Random((seed * 31 + number) * 31 + place) : random;
        wanted = random.nextInt(count);
      }
    }
    throw new InvalidTrainingDataException(
        "sample %d: it and %d random others cannot be used: %s"
            .formatted(sample, MOST_REPLACEMENTS, refused.get(refused.size() - 1).text()),
        null);
  }

  private static void note(SampleLoader.Loaded sample, List<PreparedBatch.SampleNote> notes) {
    EncodedSample text = sample.text();
    if (text.fullLength() > text.inputIds().length) {
      notes.add(
          new PreparedBatch.SampleNote(
              sample.index(),
              "sample %d: cut at modelMaxLength %d of %d ids"
                  .formatted(sample.index(), text.inputIds().length, text.fullLength())));
    }
    if (sample.image() != null && sample.imageStarts().isEmpty()) {
      notes.add(
          new PreparedBatch.SampleNote(
              sample.index(),
              "sample %d: has an image, but no turn says <image>; it is trained as text"
                  .formatted(sample.index())));
    }
  }
}
