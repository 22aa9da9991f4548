package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;
import java.util.Arrays;

/**
 * Which channels that enter a matrix product are kept apart, to be multiplied in float because
 * their values dwarf the others'.
 *
 * <p>Whatever produces such a channel produces it {@link #FACTOR} times as large, and the product's
 * weight makes up for it. A power of two changes no digit, and a channel that small neither sets
 * the scale of the others nor survives their rounding. So no pass over the activations is needed to
 * leave it out.
 *
 * @param apart channels kept apart, ascending
 * @param folded whether what produces the value has the factor in it; otherwise the products have
 *     to multiply the value by {@link #factors(int)} themselves
 */
@SuppressWarnings("ArrayRecordComponent")
public record InputTreatment(int[] apart, boolean folded) {
  /** Factor of the channels kept apart, 2⁻⁴⁰: beyond the ratio of any two activations. */
  public static final float FACTOR = 0x1p-40f;

  /** Keeps no channel apart. */
  public static final InputTreatment NONE = new InputTreatment(new int[0]);

  /** Leaves the factor to whatever produces the value. */
  public InputTreatment(int[] apart) {
    this(apart, true);
  }

  /** Returns a factor for each of a value's channels. */
  float[] factors(int width) {
    float[] factors = new float[width];
    Arrays.fill(factors, 1f);
    for (int channel : apart) {
      factors[channel] = FACTOR;
    }
    return factors;
  }

  /** Returns rows whose columns produce the channels, with the factor in them. */
  RowSource onColumns(RowSource producer) {
    return scaledColumns(producer, FACTOR);
  }

  /** Returns rows that take in the channels, with the factor taken out again. */
  RowSource onWeight(RowSource weight) {
    return scaledColumns(weight, 1 / FACTOR);
  }

  private RowSource scaledColumns(RowSource rows, float factor) {
    return apart.length == 0
        ? rows
        : new ScaledRows(rows) {
          @Override
          void scale(long row, float[] target) {
            for (int channel : apart) {
              target[channel] *= factor;
            }
          }
        };
  }

  /**
   * Returns rows that produce the channels, with the factor in them.
   *
   * @param channels channel that row 0, 1 … produces
   */
  RowSource onRows(RowSource producer, int[] channels) {
    if (apart.length == 0) {
      return producer;
    }
    float[] factors = new float[channels.length];
    for (int row = 0; row < channels.length; row++) {
      factors[row] = Arrays.binarySearch(apart, channels[row]) >= 0 ? FACTOR : 1f;
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
