package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.data.InstructionSample;
import io.github.llavamed.training.SampleGrouping;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/** Makes the order of an epoch's samples, for all ranks together. */
@FunctionalInterface
interface Arrangement {
  /** Returns all sample numbers; the same for the same state of the generator. */
  int[] of(Random random);

  /** Returns the arrangement of so many samples by chance alone. */
  static Arrangement shuffle(int samples) {
    return random -> permutation(samples, random);
  }

  /** Returns the arrangement that a run asks for; grouping reads the text of all samples. */
  static Arrangement of(TrainingConfig config, SampleLoader samples) throws IOException {
    SampleGrouping grouping = config.data().grouping();
    if (grouping == SampleGrouping.NONE) {
      return shuffle(samples.size());
    }
    int[] lengths = new int[samples.size()];
    boolean[] images = new boolean[samples.size()];
    for (int i = 0; i < lengths.length; i++) {
      InstructionSample sample = samples.text(i);
      lengths[i] = words(sample);
      images[i] = sample.image() != null;
    }
    int batch = config.perDeviceTrainBatchSize() * config.ranks().worldSize();
    int step = batch * config.gradientAccumulationSteps();
    return grouping == SampleGrouping.LENGTH
        ? LengthGroups.wide(lengths, batch)
        : new ModalityGroups(lengths, images, step);
  }

  /** Later LLaVA counts words too: tokens would take as long to make as the first epoch. */
  private static int words(InstructionSample sample) {
    int words = 0;
    for (InstructionSample.Turn turn : sample.turns()) {
      words += turn.value().strip().split("\\s+").length;
    }
    return words;
  }

  /** Returns a permutation of {@code 0 .. count - 1}. */
  static int[] permutation(int count, Random random) {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, i -> i);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = swapped;
    }
    return numbers;
  }
}
