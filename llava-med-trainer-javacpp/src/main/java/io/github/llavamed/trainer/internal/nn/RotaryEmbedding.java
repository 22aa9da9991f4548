package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.LanguageModelConfig;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Turns pairs of dimensions {@code (i, i + d/2)} by angles that grow with the position. */
public final class RotaryEmbedding {
  private final int headDim;
  private final double theta;

  RotaryEmbedding(LanguageModelConfig config) {
    this.headDim = config.headDim();
    this.theta = config.ropeTheta();
  }

  /**
   * The cosines and sines of some positions.
   *
   * @param cos // [1, 1, s, d]
   * @param sin // [1, 1, s, d]
   */
  public record Angles(Tensor cos, Tensor sin) {
    /** Turns queries or keys. // [b, h, s, d] */
    Tensor turn(Tensor x) {
      ScalarType type = x.scalar_type();
      long half = x.size(-1) / 2;
      Tensor rotated =
          torch.cat(new TensorVector(x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)), -1);
      return x.mul(cos.to(type)).add(rotated.mul(sin.to(type))); // [b, h, s, d]
    }
  }

  /** Returns the angles of {@code count} positions from {@code first} on, in float32. */
  Angles angles(long first, long count, Device device) {
    Tensor steps = torch.arange(new Scalar(0), new Scalar(headDim), new Scalar(2)); // [d/2]
    Tensor exponents = steps.to(ScalarType.Float).div(new Scalar((double) headDim)); // [d/2]
    Tensor frequencies = torch.pow(new Scalar(theta), exponents).reciprocal(); // [d/2]
    Tensor positions = torch.arange(new Scalar(first), new Scalar(first + count)); // [s]
    Tensor turns = torch.outer(positions.to(ScalarType.Float), frequencies); // [s, d/2]
    Tensor both = torch.cat(new TensorVector(turns, turns), -1); // [s, d]
    Tensor placed = both.unsqueeze(0).unsqueeze(0).to(device, ScalarType.Float); // [1, 1, s, d]
    return new Angles(placed.cos(), placed.sin());
  }
}
