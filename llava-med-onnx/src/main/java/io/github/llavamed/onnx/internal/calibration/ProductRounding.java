package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.onnx.internal.model.InputTreatment;
import io.github.llavamed.onnx.internal.model.ProductInput;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses the treatment of a product's input that makes the least error in rounding.
 *
 * <p>Tried are zero points, for values that lean to one side; factors that move the range of values
 * from the input into the weight, where whatever produces the input can have them in it; and
 * channels in float. The first two cost nothing when the product runs, the last does, so it has to
 * gain more.
 *
 * @param input the input
 * @param error what is known of the product
 */
record ProductRounding(ProductInput input, RoundingError error) {
  /** A treatment that costs nothing is taken where it leaves at most this part of the error. */
  private static final double BETTER = 0.95;

  /**
   * Channels are kept in float where that leaves at most this part of the error: all products of a
   * tower with such channels take 7 % longer than none.
   */
  private static final double WORTHWHILE = 0.7;

  /** How much of a channel's range moves into the weight; 1 makes all channels equally large. */
  private static final double[] EXPONENTS = {0.25, 0.5, 0.75, 1};

  private static final int[] ZERO_POINTS = {16, 32, 64, 96, 160, 192, 224, 240};

  /** Factors stay within 2^±this: beyond it nothing is left to gain. */
  private static final int LARGEST_POWER = 20;

  /** A treatment and the error that it leaves. */
  private record Candidate(InputTreatment treatment, double error) {
    Candidate orBetter(Candidate other) {
      return other.error < BETTER * error ? other : this;
    }
  }

  /**
   * Returns the treatment.
   *
   * @param rowsByImage the rows that {@link #error} knows // [s, inputs] each
   * @param channels channels that may be kept in float
   */
  InputTreatment choose(List<float[]> rowsByImage, int channels) {
    Candidate whole = best(new int[0]);
    int[] apart =
        ChannelChoice.independent(input.width())
            .choose(scaled(rowsByImage, whole.treatment().smoothing()), channels);
    if (apart.length == 0) {
      return whole.treatment();
    }
    Candidate split = best(apart);
    return (split.error() <= WORTHWHILE * whole.error() ? split : whole).treatment();
  }

  private Candidate best(int[] apart) {
    Candidate best = atBestZeroPoint(apart, new float[0]);
    if (input.folded()) {
      float[] inputs = error.largestInputs();
      float[] weights = error.largestWeights();
      for (double exponent : EXPONENTS) {
        best = best.orBetter(atBestZeroPoint(apart, factors(inputs, weights, exponent)));
      }
    }
    return best;
  }

  private Candidate atBestZeroPoint(int[] apart, float[] factors) {
    InputTreatment middle =
        new InputTreatment(apart, factors, input.folded(), InputTreatment.MIDDLE);
    RoundingError.Scaled scaled = error.under(middle);
    Candidate best = new Candidate(middle, scaled.at(InputTreatment.MIDDLE));
    for (int zeroPoint : ZERO_POINTS) {
      best =
          best.orBetter(
              new Candidate(
                  new InputTreatment(apart, factors, input.folded(), zeroPoint),
                  scaled.at(zeroPoint)));
    }
    return best;
  }

  /** Returns powers of two close to weight^(1 - exponent) / input^exponent, 1 on average. */
  private static float[] factors(float[] inputs, float[] weights, double exponent) {
    double[] powers = new double[inputs.length];
    double sum = 0;
    int count = 0;
    for (int i = 0; i < powers.length; i++) {
      powers[i] = (1 - exponent) * Math.log(weights[i]) - exponent * Math.log(inputs[i]);
      if (Double.isFinite(powers[i])) {
        sum += powers[i];
        count++;
      }
    }
    float[] factors = new float[powers.length];
    for (int i = 0; i < powers.length; i++) {
      double power = Double.isFinite(powers[i]) ? (powers[i] - sum / count) / Math.log(2) : 0;
      long rounded = Math.round(Math.max(-LARGEST_POWER, Math.min(LARGEST_POWER, power)));
      factors[i] = Math.scalb(1f, Math.toIntExact(rounded));
    }
    return factors;
  }

  private static List<float[]> scaled(List<float[]> rowsByImage, float[] factors) {
    if (factors.length == 0) {
      return rowsByImage;
    }
    List<float[]> scaled = new ArrayList<>();
    for (float[] rows : rowsByImage) {
      float[] values = rows.clone();
      for (int i = 0; i < values.length; i++) {
        values[i] *= factors[i % factors.length];
      }
      scaled.add(values);
    }
    return scaled;
  }
}
