package io.github.llavamed.testing;

import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.config.Activation;

/** The operations of the reference model, in double precision, row by row. */
final class ReferenceMath {
  private ReferenceMath() {}

  /** Returns {@code x Wᵀ + bias}. */
  static double[][] linear(double[][] x, TensorData weight, TensorData bias) {
    float[] w = weight.toFloats();
    int outputs = (int) weight.info().shape().dim(0);
    float[] b = bias == null ? new float[outputs] : bias.toFloats();
    double[][] y = new double[x.length][outputs];
    for (int r = 0; r < x.length; r++) {
      int inputs = x[r].length;
      for (int o = 0; o < outputs; o++) {
        double sum = b[o];
        for (int i = 0; i < inputs; i++) {
          sum += x[r][i] * w[o * inputs + i];
        }
        y[r][o] = sum;
      }
    }
    return y;
  }

  static double[][] layerNorm(double[][] x, TensorData weight, TensorData bias, double epsilon) {
    float[] w = weight.toFloats();
    float[] b = bias.toFloats();
    double[][] y = new double[x.length][w.length];
    for (int r = 0; r < x.length; r++) {
      double mean = 0;
      for (double value : x[r]) {
        mean += value / w.length;
      }
      double variance = 0;
      for (double value : x[r]) {
        variance += (value - mean) * (value - mean) / w.length;
      }
      double scale = 1 / Math.sqrt(variance + epsilon);
      for (int i = 0; i < w.length; i++) {
        y[r][i] = (x[r][i] - mean) * scale * w[i] + b[i];
      }
    }
    return y;
  }

  static double[][] rmsNorm(double[][] x, TensorData weight, double epsilon) {
    float[] w = weight.toFloats();
    double[][] y = new double[x.length][w.length];
    for (int r = 0; r < x.length; r++) {
      double square = 0;
      for (double value : x[r]) {
        square += value * value / w.length;
      }
      double scale = 1 / Math.sqrt(square + epsilon);
      for (int i = 0; i < w.length; i++) {
        y[r][i] = x[r][i] * scale * w[i];
      }
    }
    return y;
  }

  static double[][] activate(double[][] x, Activation activation) {
    double[][] y = new double[x.length][];
    for (int r = 0; r < x.length; r++) {
      y[r] = new double[x[r].length];
      for (int i = 0; i < x[r].length; i++) {
        y[r][i] = activate(x[r][i], activation);
      }
    }
    return y;
  }

  private static double activate(double x, Activation activation) {
    return switch (activation) {
      case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
      case SILU -> x / (1 + Math.exp(-x));
      case GELU -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
      case GELU_TANH ->
          0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case RELU -> Math.max(x, 0);
    };
  }

  /** The error function: Taylor series near zero, continued fraction of erfc beyond. */
  static double erf(double x) {
    double z = Math.abs(x);
    double value;
    if (z < 3) {
      double term = z;
      double sum = z;
      for (int n = 1; Math.abs(term) > 1e-17 * sum; n++) {
        term *= -z * z / n;
        sum += term / (2 * n + 1);
      }
      value = 2 / Math.sqrt(Math.PI) * sum;
    } else {
      double fraction = 0;
      for (int n = 60; n > 0; n--) {
        fraction = n / 2.0 / (z + fraction);
      }
      value = 1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction);
    }
    return Math.copySign(value, x);
  }

  static double[][] add(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][];
    for (int r = 0; r < a.length; r++) {
      sum[r] = new double[a[r].length];
      for (int i = 0; i < a[r].length; i++) {
        sum[r][i] = a[r][i] + b[r][i];
      }
    }
    return sum;
  }

  static double[][] multiply(double[][] a, double[][] b) {
    double[][] product = new double[a.length][];
    for (int r = 0; r < a.length; r++) {
      product[r] = new double[a[r].length];
      for (int i = 0; i < a[r].length; i++) {
        product[r][i] = a[r][i] * b[r][i];
      }
    }
    return product;
  }

  /** Which keys a query sees. */
  interface Mask {
    boolean sees(int query, int key);
  }

  /**
   * Returns the attention's output.
   *
   * @param heads query heads; key/value head {@code h} serves {@code heads / keyHeads} of them in a
   *     row
   */
  static double[][] attention(
      double[][] q, double[][] k, double[][] v, int heads, int keyHeads, Mask mask) {
    int width = q[0].length / heads;
    double[][] out = new double[q.length][q[0].length];
    for (int head = 0; head < heads; head++) {
      int from = head * width;
      int keyFrom = head / (heads / keyHeads) * width;
      for (int r = 0; r < q.length; r++) {
        double[] weights = softmaxScores(q[r], from, k, keyFrom, width, r, mask);
        for (int j = 0; j < k.length; j++) {
          for (int i = 0; i < width; i++) {
            out[r][from + i] += weights[j] * v[j][keyFrom + i];
          }
        }
      }
    }
    return out;
  }

  private static double[] softmaxScores(
      double[] q, int from, double[][] k, int keyFrom, int width, int row, Mask mask) {
    double[] scores = new double[k.length];
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < k.length; j++) {
      if (mask.sees(row, j)) {
        for (int i = 0; i < width; i++) {
          scores[j] += q[from + i] * k[j][keyFrom + i];
        }
        scores[j] /= Math.sqrt(width);
        max = Math.max(max, scores[j]);
      }
    }
    double sum = 0;
    for (int j = 0; j < k.length; j++) {
      scores[j] = mask.sees(row, j) ? Math.exp(scores[j] - max) : 0;
      sum += scores[j];
    }
    for (int j = 0; j < k.length; j++) {
      scores[j] /= sum;
    }
    return scores;
  }
}
