package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;
import java.util.Arrays;

/**
 * How a value is prepared for a matrix product that rounds it.
 *
 * <p>Some channels may be kept apart, to be multiplied in float because their values dwarf the
 * others'. Whatever produces such a channel produces it {@link #FACTOR} times as large, and the
 * product's weight makes up for it. A channel that small neither sets the scale of the others nor
 * survives their rounding. So no pass over the activations is needed to leave it out. Other
 * channels may have factors of their own, which move the range of values from the activations into
 * the weights or back. All factors are powers of two, which change no digit.
 *
 * @param apart channels kept apart, ascending
 * @param smoothing what produces a channel makes it so many times as large, powers of two; nothing
 *     for one for all // [channels] or [0]
 * @param folded whether what produces the value has the factors in it; otherwise the products have
 *     to multiply the value by {@link #factors(int)} themselves
 * @param zeroPoint the byte that stands for zero, 1 … 254
 */
@SuppressWarnings("ArrayRecordComponent")
public record InputTreatment(int[] apart, float[] smoothing, boolean folded, int zeroPoint) {
  /** Factor of the channels kept apart, 2⁻⁴⁰: beyond the ratio of any two activations. */
  public static final float FACTOR = 0x1p-40f;

  /** The zero point that leaves as many bytes to positive as to negative values. */
  public static final int MIDDLE = 128;

  /** Keeps no channel apart. */
  public static final InputTreatment NONE = new InputTreatment(new int[0]);

  /** Keeps channels apart and leaves the factor to whatever produces the value. */
  public InputTreatment(int[] apart) {
    this(apart, new float[0], true, MIDDLE);
  }

  /** Returns whether no channel has a factor. */
  boolean isPlain() {
    return apart.length == 0 && smoothing.length == 0;
  }

  /** Returns a factor for each of a value's channels. */
  public float[] factors(int width) {
    float[] factors = new float[width];
    for (int channel = 0; channel < width; channel++) {
      factors[channel] = factor(channel);
    }
    return factors;
  }

  private float factor(int channel) {
    if (Arrays.binarySearch(apart, channel) >= 0) {
      return FACTOR;
    }
    return smoothing.length == 0 ? 1f : smoothing[channel];
  }

  /** Returns rows whose columns produce the channels, with the factors in them. */
  RowSource onColumns(RowSource producer) {
    return scaledColumns(producer, factors(producer.columns()));
  }

  /** Returns rows that take in the channels, with the factors taken out again. */
  RowSource onWeight(RowSource weight) {
    float[] inverse = factors(weight.columns());
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / inverse[i];
    }
    return scaledColumns(weight, inverse);
  }

  private RowSource scaledColumns(RowSource rows, float[] factors) {
    return isPlain()
        ? rows
        : new ScaledRows(rows) {
          @Override
          void scale(long row, float[] target) {
            for (int i = 0; i < factors.length; i++) {
              target[i] *= factors[i];
            }
          }
        };
  }

  /**
   * Returns rows that produce the channels, with the factors in them.
   *
   * @param channels channel that row 0, 1 … produces, negative for none
   */
  RowSource onRows(RowSource producer, int[] channels) {
    if (isPlain()) {
      return producer;
    }
    float[] factors = new float[channels.length];
    for (int row = 0; row < channels.length; row++) {
      factors[row] = channels[row] < 0 ? 1f : factor(channels[row]);
    }
    return new ScaledRows(producer) {
      @Override
      void scale(long row, float[] target) {
        float factor = factors[Math.toIntExact(row)];
        for (int i = 0; factor != 1f && i < columns(); i++) {
          target[i] *= factor;
        }
      }
    };
  }

  /** Rows that are other rows times something. */
  private abstract static class ScaledRows implements RowSource {
    private final RowSource base;

    ScaledRows(RowSource base) {
      this.base = base;
    }

    abstract void scale(long row, float[] target);

    @Override
    public long rows() {
      return base.rows();
    }

    @Override
    public int columns() {
      return base.columns();
    }

    @Override
    public void readRow(long row, float[] target) {
      base.readRow(row, target);
      scale(row, target);
    }

    @Override
    public String origin(long row) {
      return base.origin(row);
    }
  }
}
