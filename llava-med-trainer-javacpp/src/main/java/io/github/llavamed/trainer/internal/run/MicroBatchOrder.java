package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.RankContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which samples make up which micro-batch, by the micro-batch's number. */
@FunctionalInterface
interface MicroBatchOrder {
  /** Returns the sample numbers of a micro-batch, counted over all epochs from 0. */
  int[] samples(long number);

  /**
   * Returns a new permutation for every epoch, the same for the same seed; ranks take its samples
   * in turn.
   *
   * @param arrangement makes the order of an epoch
   * @param batchSize samples of a micro-batch; the last one of an epoch may have fewer
   * @param perEpoch micro-batches of an epoch
   */
  static MicroBatchOrder shuffled(
      Arrangement arrangement, int batchSize, long perEpoch, long seed, RankContext ranks) {
    return new ShuffledOrder(arrangement, batchSize, perEpoch, seed, ranks);
  }

  /**
   * Reads an order from a file {@code {"micro_batches": [[3, 0], [7], …]}}, which with {@code
   * "per_rank": true} holds such a list for each rank.
   *
   * @throws InvalidTrainingDataException if it is not one, or names a sample that there is not
   */
  static MicroBatchOrder fromFile(Path file, int samples, int rank) throws IOException {
    JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
    JsonNode lists = root.path("micro_batches");
    JsonNode list = root.path("per_rank").asBoolean() ? lists.path(rank) : lists;
    List<int[]> batches = new ArrayList<>();
    for (JsonNode batch : list) {
      int[] numbers = new int[batch.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = batch.get(i).isInt() ? batch.get(i).intValue() : -1;
        if (numbers[i] < 0 || numbers[i] >= samples) {
          throw new InvalidTrainingDataException(
              "%s: micro-batch %d: expected sample numbers from 0 to %d, found %s"
                  .formatted(file, batches.size(), samples - 1, batch),
              null);
        }
      }
      batches.add(numbers);
    }
    return number -> {
      if (number >= batches.size()) {
        throw new InvalidTrainingDataException(
            "%s: has %d micro-batches, the run needs more".formatted(file, batches.size()), null);
      }
      return batches.get(Math.toIntExact(number));
    };
  }
}
