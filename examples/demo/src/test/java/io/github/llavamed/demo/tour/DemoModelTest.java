package io.github.llavamed.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.demo.dataset.DatasetSizes;
import io.github.llavamed.demo.dataset.PhantomDataset;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoModelTest {
  private static final int IMAGES = 40;

  @TempDir static Path directory;
  private static Path model = Path.of("");
  private static DemoAnswers answers = new DemoAnswers(Path.of(""), Path.of(""));

  @BeforeAll
  static void answer() throws IOException {
    model = DemoModel.unpack(directory.resolve("cache"));
    PhantomDataset.writeTest(directory, DatasetSizes.DEFAULT.withTestImages(IMAGES));
    answers = answers("onnx-cpu", Precision.FP32);
  }

  private static DemoAnswers answers(String backend, Precision precision) throws IOException {
    return DemoAnswers.of(
        model,
        backend,
        precision,
        directory,
        directory.resolve("images"),
        directory.resolve(backend + "-" + precision + ".jsonl"));
  }

  @Test
  void answersQuestionsAboutUnseenImages() throws IOException {
    assertThat(answers.texts()).hasSize(3 * IMAGES);
    assertThat(answers.percent("closed_accuracy")).isGreaterThanOrEqualTo(90);
    assertThat(answers.percent("recall")).isGreaterThanOrEqualTo(92);
  }

  @ParameterizedTest
  @CsvSource({"onnx-cpu, INT8", "libtorch, FP32"})
  void otherBackendsAndPrecisionsGiveTheSameAnswers(String backend, Precision precision)
      throws IOException {
    assertThat(answers(backend, precision).agreement(answers)).isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void isASmallV15CheckpointWithItsOwnTower() throws IOException {
    assertThat(Files.size(model.resolve("model.safetensors"))).isLessThan(3_000_000);
    try (LoadedModel loaded = ModelLoader.load(model, LoadOptions.defaults())) {
      assertThat(loaded.visionTower().isFromCheckpoint()).isTrue();
      assertThat(loaded.artifacts().config().imageFeatureCount()).isEqualTo(36);
    }
    assertThat(Files.readString(model.resolve("MODEL_CARD.md"))).contains("not a medical model");
  }

  @Test
  void unpacksOnceAndMendsADamagedCopy() throws IOException {
    Path weights = model.resolve("model.safetensors");
    var before = Files.getLastModifiedTime(weights);

    assertThat(DemoModel.unpack(directory.resolve("cache"))).isEqualTo(model);
    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(before);

    Path other = directory.resolve("damaged");
    Path copy = DemoModel.unpack(other);
    Files.write(copy.resolve("model.safetensors"), new byte[7]);
    assertThat(DemoModel.unpack(other)).isEqualTo(copy);
    assertThat(Files.mismatch(copy.resolve("model.safetensors"), weights)).isEqualTo(-1);
  }
}
