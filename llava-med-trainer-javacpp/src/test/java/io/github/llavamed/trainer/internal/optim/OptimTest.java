package io.github.llavamed.trainer.internal.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.LrSchedulerType;
import java.util.Random;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OptimTest {
  private static final AdamWConfig CONFIG = new AdamWConfig(0.9, 0.999, 1e-8, 0.1);
  private static final double FLOAT32 = 1e-6;

  @BeforeAll
  static void loadLibrary() {
    LibTorch.load();
  }

  /** The update as written down in double precision, one number at a time. */
  private static final class Reference {
    final double[] weight;
    final double[] first;
    final double[] second;
    final double decay;
    int steps;

    Reference(float[] start, double decay) {
      weight = new double[start.length];
      for (int i = 0; i < start.length; i++) {
        weight[i] = start[i];
      }
      first = new double[start.length];
      second = new double[start.length];
      this.decay = decay;
    }

    void step(float[] gradient, double rate) {
      steps++;
      for (int i = 0; i < weight.length; i++) {
        weight[i] *= 1 - rate * decay;
        first[i] = 0.9 * first[i] + 0.1 * gradient[i];
        second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
        double mean = first[i] / (1 - Math.pow(0.9, steps));
        double root = Math.sqrt(second[i] / (1 - Math.pow(0.999, steps)));
        weight[i] -= rate * mean / (root + 1e-8);
      }
    }

    float[] floats() {
      float[] values = new float[weight.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) weight[i];
      }
      return values;
    }
  }

  private static float[] random(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void setGradient(ParamStore params, String name, float[] values) {
    try (PointerScope scope = new PointerScope()) {
      params.get(name).mutable_grad().put(Tensor.create(values, values.length));
    }
  }

  @Test
  void stepsLikeTheFormula() {
    Random random = new Random(5);
    try (ParamStore params = new ParamStore("cpu")) {
      float[] weight = random(random, 7);
      float[] bias = random(random, 3);
      params.put("layer.weight", TensorTransfer.of(weight, params.device(), 7));
      params.put("layer.bias", TensorTransfer.of(bias, params.device(), 3));
      params.setTrainable(Set.of("layer.weight", "layer.bias"));
      Reference forWeight = new Reference(weight, 0.1);
      Reference forBias = new Reference(bias, 0); // biases do not decay
      try (AdamW adam = new AdamW(CONFIG, params)) {
        for (int step = 0; step < 5; step++) {
          double rate = 0.01 * (step + 1);
          float[] gradient = random(random, 7);
          setGradient(params, "layer.weight", gradient);
          forWeight.step(gradient, rate);
          // From the third step on the bias has no gradient: momentum goes on.
          float[] biasGradient = step < 2 ? random(random, 3) : new float[3];
          if (step < 2) {
            setGradient(params, "layer.bias", biasGradient);
          }
          forBias.step(biasGradient, rate);

          adam.step(rate);
          Gradients.clear(params);

          assertThat(Gradients.norm(params)).isZero();
          check(params, "layer.weight", forWeight);
          check(params, "layer.bias", forBias);
        }
        assertThat(adam.moments().get("layer.bias").step().item_double()).isEqualTo(5);
      }
    }
  }

  private static void check(ParamStore params, String name, Reference expected) {
    TensorAssert.isCloseTo(
        name, TensorTransfer.toFloats(params.get(name)), expected.floats(), FLOAT32, FLOAT32);
  }

  @Test
  void clipsToTheLargestNorm() {
    try (ParamStore params = new ParamStore("cpu")) {
      params.put("a", TensorTransfer.of(new float[1], params.device(), 1));
      params.put("b", TensorTransfer.of(new float[1], params.device(), 1));
      params.setTrainable(Set.of("a", "b"));
      setGradient(params, "a", new float[] {3});
      setGradient(params, "b", new float[] {4});

      double norm = Gradients.norm(params);
      Gradients.clip(params, norm, 1);

      assertThat(norm).isEqualTo(5);
      assertThat(params.get("a").grad().item_double()).isCloseTo(3 / 5.000001, within(1e-7));
      assertThat(params.get("b").grad().item_double()).isCloseTo(4 / 5.000001, within(1e-7));
      Gradients.clip(params, 1, 1.5);
      assertThat(params.get("b").grad().item_double()).isCloseTo(4 / 5.000001, within(1e-7));
    }
  }

  @Test
  void followsTheSchedules() {
    LearningRateSchedule cosine = new LearningRateSchedule(LrSchedulerType.COSINE, 2, 3, 100);
    LearningRateSchedule linear = new LearningRateSchedule(LrSchedulerType.LINEAR, 2, 0, 4);
    LearningRateSchedule constant = new LearningRateSchedule(LrSchedulerType.CONSTANT, 2, 2, 4);
    LearningRateSchedule warmed =
        new LearningRateSchedule(LrSchedulerType.CONSTANT_WITH_WARMUP, 2, 2, 4);

    assertThat(cosine.at(0)).isZero();
    assertThat(cosine.at(1)).isEqualTo(2 / 3.0);
    assertThat(cosine.at(3)).isEqualTo(2);
    assertThat(cosine.at(51)).isEqualTo(1 + Math.cos(Math.PI * 48 / 97), within(1e-15));
    assertThat(cosine.at(100)).isCloseTo(0, within(1e-15));
    assertThat(linear.at(0)).isEqualTo(2);
    assertThat(linear.at(1)).isEqualTo(1.5);
    assertThat(linear.at(4)).isZero();
    assertThat(constant.at(0)).isEqualTo(2);
    assertThat(warmed.at(1)).isEqualTo(1);
    assertThat(warmed.at(3)).isEqualTo(2);
    assertThat(constant.at(3)).isEqualTo(2);
  }
}
