package io.github.llavamed.trainer.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.config.Activation;
import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.trainer.internal.nn.ModelContext;
import io.github.llavamed.trainer.internal.nn.VisionTower;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TowerPretrainerTest {
  private static final VisionTowerConfig TOWER =
      new VisionTowerConfig(
          VisionTowerConfig.Type.CLIP, 16, 32, 3, 2, 16, 8, 1e-5f, Activation.QUICK_GELU);
  private static final FeatureSelection SELECTION = new FeatureSelection(-2, true);
  private static final int ATTRIBUTES = 2;

  @TempDir Path directory;

  /** Images of which one half is bright, and the attribute says which. */
  private record Halves(int size, long seed) implements TowerSamples {
    @Override
    public TowerSample get(int index) {
      Random random = new Random(seed + index);
      boolean left = random.nextBoolean();
      float[] pixels = new float[3 * 16 * 16];
      for (int i = 0; i < pixels.length; i++) {
        boolean bright = (i % 16 < 8) == left;
        pixels[i] = (bright ? 1 : -1) + 0.1f * (float) random.nextGaussian();
      }
      float[] patches = new float[4 * ATTRIBUTES];
      for (int patch = 0; patch < 4; patch++) {
        patches[patch * ATTRIBUTES + (left ? 0 : 1)] = (patch % 2 == 0) == left ? 1 : 0;
      }
      return new TowerSample(pixels, new float[] {left ? 1 : 0, left ? 0 : 1}, patches);
    }
  }

  private static final class Losses implements TrainingListener {
    private final List<Double> values = new ArrayList<>();

    @Override
    public void stepCompleted(StepMetrics metrics) {
      values.add(metrics.loss());
    }
  }

  private static TowerTrainingConfig config(Path output, int steps, long seed) {
    return new TowerTrainingConfig(
        TOWER, SELECTION, ATTRIBUTES, output, steps, 8, 5e-3, 0.01, 0.1, 0, 10, 1, seed);
  }

  private static TowerReport train(TowerTrainingConfig config, TrainingListener listener)
      throws IOException {
    return TowerPretrainer.train(config, new Halves(64, 0), new Halves(32, 1000), listener);
  }

  @Test
  void learnsAttributesAndWritesATowerWithFeaturesOfDeviationOne() throws IOException {
    Losses losses = new Losses();

    TowerReport report = train(config(directory, 60, 0), losses);

    assertThat(losses.values.get(59)).isLessThan(losses.values.get(0) / 3);
    assertThat(report.allRight()).isGreaterThan(0.9);
    assertThat(deviation(directory)).isCloseTo(1, within(1e-3));
    try (Checkpoint tower = Checkpoint.open(directory)) {
      assertThat(tower.tensors().keySet())
          .contains("vision_model.pre_layrnorm.weight", "vision_model.post_layernorm.bias")
          .noneMatch(name -> name.startsWith("heads."));
    }
  }

  private static double deviation(Path tower) throws IOException {
    LibTorch.load();
    try (Checkpoint files = Checkpoint.open(tower);
        ParamStore params = new ParamStore("cpu");
        NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      files
          .tensors()
          .keySet()
          .forEach(
              name ->
                  params.put(
                      name,
                      TensorTransfer.load(files.tensor(name), params.device(), ScalarType.Float)));
      VisionTower model =
          new VisionTower(ModelContext.of(params, ScalarType.Float), TOWER, SELECTION);
      Halves heldOut = new Halves(32, 1000);
      float[] pixels = new float[32 * 3 * 16 * 16];
      for (int i = 0; i < 32; i++) {
        System.arraycopy(heldOut.get(i).pixels(), 0, pixels, i * 3 * 16 * 16, 3 * 16 * 16);
      }
      Tensor features = model.forward(Tensor.create(pixels, 32, 3, 16, 16));
      return features.std(false).item_double();
    }
  }

  @Test
  void theSameSeedGivesTheSameLosses() throws IOException {
    Losses once = new Losses();
    Losses again = new Losses();
    Losses other = new Losses();

    train(config(directory.resolve("a"), 12, 0), once);
    train(config(directory.resolve("b"), 12, 0), again);
    train(config(directory.resolve("c"), 12, 1), other);

    assertThat(again.values).isEqualTo(once.values);
    assertThat(other.values).isNotEqualTo(once.values);
  }

  @Test
  void anInterruptedTrainingGoesOnWithTheSameLosses() throws IOException {
    Losses straight = new Losses();
    train(config(directory.resolve("straight"), 25, 0), straight);

    Losses parts = new Losses();
    TowerTrainingConfig config = config(directory.resolve("stopped"), 25, 0);
    assertThatThrownBy(
            () ->
                train(
                    config,
                    new TrainingListener() {
                      @Override
                      public void saved(long step, Path path) {
                        throw new IllegalStateException("stopped at " + step);
                      }
                    }))
        .hasMessage("stopped at 10");
    train(config, parts);

    assertThat(parts.values).isEqualTo(straight.values.subList(10, 25));
  }

  @Test
  void rejectsACheckpointOfAnotherSeed() throws IOException {
    train(config(directory, 10, 0), TrainingListener.NONE);

    assertThatThrownBy(() -> train(config(directory, 20, 1), TrainingListener.NONE))
        .isInstanceOf(ModelMismatchException.class)
        .hasMessageContaining("with seed 1, found seed 0");
  }

  @Test
  void rejectsSamplesOfTheWrongSize() {
    TowerSamples wrong =
        new TowerSamples() {
          @Override
          public int size() {
            return 8;
          }

          @Override
          public TowerSample get(int index) {
            return new TowerSample(new float[5], new float[ATTRIBUTES], new float[8]);
          }
        };

    assertThatThrownBy(
            () ->
                TowerPretrainer.train(config(directory, 1, 0), wrong, wrong, TrainingListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pixels: expected 768 values, found 5");
  }
}
