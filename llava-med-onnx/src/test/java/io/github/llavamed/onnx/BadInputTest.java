package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user meets who hands in something wrong: one message with place, expected and found. */
class BadInputTest {
  private static final Path SINGLE = GoldenFolder.committed("model").resolve("v15-mlp2x");
  private static final Path SHARDED = GoldenFolder.committed("model").resolve("v10-markers");

  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void copyACheckpoint() throws IOException {
    model = copy(SINGLE.resolve("checkpoint"), "model");
  }

  @Test
  void missingModelDirectory() {
    loading(directory.resolve("nowhere")).hasMessageContainingAll("nowhere", "config.json");
  }

  @Test
  void missingImageFile() throws IOException {
    try (VisionLanguageModel loaded = load(model)) {
      assertThatThrownBy(() -> loaded.ask(ImageInput.of(directory.resolve("scan.png")), "?"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("scan.png");
    }
  }

  @Test
  void truncatedShard() throws IOException {
    Path sharded = copy(SHARDED.resolve("checkpoint"), "sharded");
    Path shard = sharded.resolve("pytorch_model-00002-of-00002.bin");
    byte[] bytes = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(bytes, bytes.length / 2));

    loading(sharded).hasMessageContaining("pytorch_model-00002-of-00002.bin");
  }

  @Test
  void shardInTheIndexButAbsent() throws IOException {
    Path sharded = copy(SHARDED.resolve("checkpoint"), "sharded");
    Files.delete(sharded.resolve("pytorch_model-00002-of-00002.bin"));

    loading(sharded).hasMessageContaining("pytorch_model-00002-of-00002.bin");
  }

  @Test
  void wrongDtype() throws IOException {
    rewrite(model.resolve("model.safetensors"), "model.norm.weight", DType.I32);

    loading(model).hasMessageContainingAll("model.norm.weight", "I32");
  }

  @Test
  void configWithoutVisionTower() throws IOException {
    replaceInConfig("mm_vision_tower", "no_vision_tower");

    loading(model).hasMessageContainingAll("config.json", "mm_vision_tower");
  }

  @Test
  void contradictoryConfig() throws IOException {
    replaceInConfig("\"num_attention_heads\": 4", "\"num_attention_heads\": 7");

    loading(model).hasMessageContainingAll("num_attention_heads", "7");
  }

  @Test
  void missingTokenizer() throws IOException {
    Files.delete(model.resolve("tokenizer.model"));

    loading(model).hasMessageContainingAll(model.toString(), "tokenizer.model", "tokenizer.json");
  }

  @Test
  void imageLargerThanTheLimit() throws IOException {
    ImageLimits limits = ImageLimits.defaults().withMaxPixels(100);
    LoadOptions options = options().toBuilder().imageLimits(limits).build();
    try (VisionLanguageModel loaded = LlavaMed.load(model, options)) {
      assertThatThrownBy(() -> loaded.ask(image(), "?"))
          .hasMessageContainingAll("a.png", "100", "pixels");
    }
  }

  @Test
  void moreImagesThanPlaceholders() throws IOException {
    try (VisionLanguageModel loaded = load(model)) {
      GenerationRequest request =
          GenerationRequest.prompt("<image> Which organ?").images(image(), image()).build();

      assertThatThrownBy(() -> loaded.generate(request))
          .hasMessageContainingAll("1 image", "2", "<image>");
    }
  }

  @Test
  void promptLongerThanTheContext() throws IOException {
    try (VisionLanguageModel loaded = load(model)) {
      GenerationRequest request = GenerationRequest.prompt("word ".repeat(3000)).build();

      assertThatThrownBy(() -> loaded.generate(request)).hasMessageContaining("2048");
    }
  }

  @Test
  void unknownBackend() {
    LoadOptions options = options().toBuilder().backend("onnx-tpu").build();

    assertThatThrownBy(() -> LlavaMed.load(model, options))
        .hasMessageContainingAll("'onnx-tpu'", "onnx-cpu", "llava-med-onnx");
  }

  @Test
  void backendWithoutItsNativeLibrary() throws Exception {
    // A JVM of its own, since this one has loaded the library; the JVM finds no native there.
    Path empty = Files.createDirectory(directory.resolve("no-natives"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Donnxruntime.native.path=" + empty,
                "-Djava.io.tmpdir=" + directory.resolve("missing"),
                "-cp",
                System.getProperty("java.class.path"),
                DiagnoseMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("onnx-cpu: not available").doesNotContain("\tat ");
  }

  /** Prints the diagnosis; started in a JVM of its own. */
  static final class DiagnoseMain {
    private DiagnoseMain() {}

    public static void main(String[] args) {
      System.out.println(LlavaMed.diagnose().toText());
    }
  }

  private AbstractThrowableAssert<?, ? extends Throwable> loading(Path checkpoint) {
    return assertThatThrownBy(() -> load(checkpoint).close());
  }

  private VisionLanguageModel load(Path checkpoint) throws IOException {
    return LlavaMed.load(checkpoint, options());
  }

  private LoadOptions options() {
    return LoadOptions.builder()
        .backendOptions(new BackendOptions(null, null, 1, directory.resolve("exports")))
        .visionTower(VisionTowerSource.Choice.STOCK)
        .build();
  }

  private static ImageInput image() {
    return ImageInput.of(SINGLE.resolve("images/a.png"));
  }

  private void replaceInConfig(String from, String to) throws IOException {
    Path config = model.resolve("config.json");
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replace(from, to));
  }

  /** Copies a checkpoint and the tower that its configuration names as a sibling. */
  private Path copy(Path source, String name) throws IOException {
    Path parent = directory.resolve(name);
    copyFiles(source.resolveSibling("clip-tower"), parent.resolve("clip-tower"));
    return copyFiles(source, parent.resolve("checkpoint"));
  }

  private static Path copyFiles(Path source, Path target) throws IOException {
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }

  private static void rewrite(Path file, String tensor, DType dtype) throws IOException {
    Path rewritten = file.resolveSibling("rewritten.safetensors");
    try (Checkpoint source = Checkpoint.open(file)) {
      List<TensorSpec> specs =
          source.tensors().values().stream()
              .map(TensorSpec::of)
              .map(spec -> spec.name().equals(tensor) ? spec.withDtype(dtype) : spec)
              .toList();
      try (CheckpointWriter writer = CheckpointWriter.toFile(rewritten, specs).open()) {
        for (TensorSpec spec : specs) {
          if (spec.name().equals(tensor)) {
            writer.append(tensor, ByteBuffer.allocate(Math.toIntExact(spec.byteSize())));
          } else {
            writer.copy(spec.name(), source.tensor(spec.name()));
          }
        }
        writer.commit();
      }
    }
    Files.delete(file);
    Files.move(rewritten, file);
  }
}
