package io.github.llavamed.trainer.internal.engine;

import io.github.llavamed.trainer.internal.engine.MicroBatch.ImageSpan;
import io.github.llavamed.trainer.internal.nn.AttentionMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A micro-batch as tensors. Lives in the scope in which it was made.
 *
 * <p>Letters: b batch, s places, n images, p patches, w width of the tower, r trained places.
 *
 * @param inputIds // [b, s]
 * @param mask which keys queries see
 * @param features features of the images, or null without images // [n * p, w]
 * @param featureRows for each image place its row of {@code features}, or null // [places]
 * @param imagePlaces places that images take, counted over the whole batch, or null // [places]
 * @param gradientPlaces places whose embeddings are trained when only some are, or null
 * @param trainedPlaces places whose next id counts in the loss, over the whole batch // [r]
 * @param targets those ids // [r]
 */
record DeviceBatch(
    Tensor inputIds,
    AttentionMask mask,
    @Nullable Tensor features,
    @Nullable Tensor featureRows,
    @Nullable Tensor imagePlaces,
    @Nullable Tensor gradientPlaces,
    Tensor trainedPlaces,
    Tensor targets) {

  static DeviceBatch of(MicroBatch batch, TowerFeatures tower, Device device) {
    List<Long> places = new ArrayList<>();
    List<Long> rows = new ArrayList<>();
    for (ImageSpan span : batch.spans()) {
      for (int i = 0; i < span.rows(); i++) {
        places.add(place(batch, span.row(), span.start() + i));
        rows.add((long) span.image() * span.rows() + i);
      }
    }
    List<Long> trained = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int row = 0; row < batch.labels().length; row++) {
      for (int i = 1; i < batch.length(); i++) {
        if (batch.labels()[row][i] >= 0) {
          trained.add(place(batch, row, i - 1));
          targets.add((long) batch.labels()[row][i]);
        }
      }
    }
    return new DeviceBatch(
        ids(batch.inputIds(), device),
        mask(batch.attentionMask(), tower.slidingWindow(), device),
        tower.of(batch, device),
        places.isEmpty() ? null : longs(rows, device),
        places.isEmpty() ? null : longs(places, device),
        gradientPlaces(batch, device),
        longs(trained, device),
        longs(targets, device));
  }

  private static long place(MicroBatch batch, int row, int column) {
    return (long) row * batch.length() + column;
  }

  private static @Nullable Tensor gradientPlaces(MicroBatch batch, Device device) {
    List<Long> places = new ArrayList<>();
    for (ImageSpan span : batch.spans()) {
      if (span.marked() && !batch.gradientRows()[span.row()]) {
        places.add(place(batch, span.row(), span.start() - 1));
        places.add(place(batch, span.row(), span.start() + span.rows()));
      }
    }
    for (int row = 0; row < batch.gradientRows().length; row++) {
      for (int i = 0; batch.gradientRows()[row] && i < batch.length(); i++) {
        places.add(place(batch, row, i));
      }
    }
    return places.isEmpty() ? null : longs(places, device);
  }

  /** Padding on the right is hidden by the order alone; only holes need a mask of their own. */
  private static AttentionMask mask(boolean[][] real, @Nullable Integer window, Device device) {
    boolean holes = false;
    for (boolean[] row : real) {
      boolean padding = false;
      for (boolean value : row) {
        holes |= value && padding;
        padding |= !value;
      }
    }
    int length = real[0].length;
    if (!holes) {
      return AttentionMask.continuing(length, length, window, device);
    }
    boolean[] flat = new boolean[real.length * length];
    for (int row = 0; row < real.length; row++) {
      System.arraycopy(real[row], 0, flat, row * length, length);
    }
    Tensor keys = Tensor.create(flat, real.length, length).to(device, ScalarType.Bool); // [b, s]
    return AttentionMask.causalWith(keys);
  }

  private static Tensor ids(int[][] rows, Device device) {
    long[] flat =
        Arrays.stream(rows).flatMapToInt(Arrays::stream).asLongStream().toArray(); // [b * s]
    return Tensor.create(flat, rows.length, rows[0].length).to(device, ScalarType.Long);
  }

  private static Tensor longs(List<Long> values, Device device) {
    long[] array = values.stream().mapToLong(Long::longValue).toArray();
    return Tensor.create(array, array.length).to(device, ScalarType.Long);
  }
}
