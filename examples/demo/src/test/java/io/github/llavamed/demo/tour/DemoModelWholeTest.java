package io.github.llavamed.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.demo.dataset.DatasetSizes;
import io.github.llavamed.demo.dataset.PhantomDataset;
import io.github.llavamed.inference.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of the model card, on all 300 unseen images. */
@Tag("slow")
class DemoModelWholeTest {
  private static final int IMAGES = 300;

  @TempDir static Path directory;
  private static Path model = Path.of("");

  @BeforeAll
  static void prepare() throws IOException {
    model = DemoModel.unpack(directory.resolve("cache"));
    PhantomDataset.writeTest(directory, DatasetSizes.DEFAULT.withTestImages(IMAGES));
  }

  private static DemoAnswers answer(Path checkpoint, String backend, Precision p, String images)
      throws IOException {
    Path answers = directory.resolve(backend + p + images + checkpoint.getFileName() + ".jsonl");
    return DemoAnswers.of(checkpoint, backend, p, directory, directory.resolve(images), answers);
  }

  @Test
  void reachesItsGoalsAndOthersAgree() throws IOException {
    DemoAnswers fp32 = answer(model, "onnx-cpu", Precision.FP32, "images");

    assertThat(fp32.percent("closed_accuracy")).isGreaterThanOrEqualTo(93);
    assertThat(fp32.percent("recall")).isGreaterThanOrEqualTo(95);
    assertThat(answer(model, "onnx-cpu", Precision.INT8, "images").agreement(fp32))
        .isGreaterThanOrEqualTo(0.98);
    assertThat(answer(model, "libtorch", Precision.FP32, "images").agreement(fp32))
        .isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void isBlindWithTheImageOfAnotherSample() throws IOException {
    Path shuffled = Files.createDirectories(directory.resolve("shuffled"));
    List<Integer> others = new ArrayList<>(IntStream.range(0, IMAGES).boxed().toList());
    Collections.shuffle(others, new Random(1));
    for (int i = 0; i < IMAGES; i++) {
      Files.copy(image("images", others.get(i)), shuffled.resolve(name(i)));
    }
    DemoAnswers answers = answer(model, "onnx-cpu", Precision.FP32, "shuffled");

    assertThat(answers.percent("closed_accuracy")).isLessThan(65);
    assertThat(answers.percent("recall")).isLessThan(45);
  }

  @Test
  void isBlindWithoutImageFeatures() throws IOException {
    DemoAnswers answers = answer(withoutProjector(), "onnx-cpu", Precision.FP32, "images");

    assertThat(answers.percent("closed_accuracy")).isLessThan(65);
    assertThat(answers.percent("recall")).isLessThan(45);
  }

  private static Path image(String folder, int index) {
    return directory.resolve(folder).resolve(name(index));
  }

  private static String name(int index) {
    return String.format(Locale.ROOT, "test_%05d.png", index);
  }

  /** Returns a copy of the model whose projector gives zeros. */
  private static Path withoutProjector() throws IOException {
    Path copy = Files.createDirectories(directory.resolve("zero"));
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    try (Checkpoint stored = Checkpoint.open(model)) {
      List<TensorSpec> specs = new ArrayList<>();
      for (TensorInfo info : stored.tensors().values()) {
        specs.add(new TensorSpec(info.name(), info.dtype(), info.shape()));
      }
      try (CheckpointWriter writer =
          CheckpointWriter.toDirectory(copy, specs).overwrite(true).open()) {
        for (TensorInfo info : stored.tensors().values()) {
          if (info.name().startsWith("model.mm_projector.2.")) {
            int count = Math.toIntExact(info.shape().elementCount());
            writer.append(info.name(), new float[count]);
          } else {
            writer.copy(info.name(), stored.tensor(info.name()));
          }
        }
        writer.commit();
      }
    }
    return copy;
  }
}
