package io.github.llavamed.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxExporterTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SyntheticModel model =
      SyntheticModel.of(SyntheticConfig.create().sizes(192, 320).heads(6, 3, 32).build(), 1);
  private final OnnxExporter exporter = new OnnxExporter(OnnxExportConfig.defaults());
  private ModelArtifacts artifacts;

  @TempDir Path parent;

  @BeforeEach
  void makeArtifacts() {
    artifacts = model.artifacts(parent);
  }

  private OnnxExport export() throws IOException {
    return exporter.export(artifacts, parent);
  }

  private List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesGraphsDataAndManifest() throws IOException {
    OnnxExport export = export();

    assertThat(export.reused()).isFalse();
    assertThat(export.precision()).isEqualTo(Precision.FP32);
    assertThat(names(export.directory()))
        .containsExactly(
            "decoder.onnx",
            "decoder.onnx.data",
            "manifest.json",
            "parity.json",
            "vision.onnx",
            "vision.onnx.data");
    ObjectNode manifest =
        (ObjectNode) JSON.readTree(export.directory().resolve("manifest.json").toFile());
    assertThat(manifest.get("exporterVersion").intValue()).isEqualTo(OnnxExporter.VERSION);
    assertThat(manifest.get("weightsHash").textValue()).isEqualTo(artifacts.weightsHash());
    assertThat(manifest.get("precision").textValue()).isEqualTo("fp32");
    assertThat(manifest.get("onnxruntimeVersion").textValue()).startsWith("1.");
    assertThat(manifest.get("files").get("decoder.onnx").get("bytes").longValue())
        .isEqualTo(Files.size(export.decoderModel()));
    assertThat(names(parent)).noneMatch(name -> name.contains(".tmp-"));
  }

  @Test
  void reusesWhatIsThere() throws IOException {
    OnnxExport first = export();
    Object key = fileKey(first.decoderModel());

    OnnxExport second = export();

    assertThat(second.reused()).isTrue();
    assertThat(second.directory()).isEqualTo(first.directory());
    assertThat(fileKey(second.decoderModel())).isEqualTo(key);
    assertThat(exporter.find(artifacts, parent)).isPresent();
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Test
  void exportsTheSameBytesEachTime(@TempDir Path other) throws IOException {
    OnnxExport first = export();
    OnnxExport second = exporter.export(artifacts, other);

    for (String name : names(first.directory())) {
      assertThat(second.directory().resolve(name))
          .hasSameBinaryContentAs(first.directory().resolve(name));
    }
  }

  @Test
  void makesTheDirectoryItIsGiven() throws IOException {
    Path deep = parent.resolve("a").resolve("b");

    assertThat(exporter.export(artifacts, deep).directory()).hasParent(deep);
  }

  @Test
  void followsALinkToItsDirectory(@TempDir Path target) throws IOException {
    Path link = Files.createSymbolicLink(parent.resolve("link"), target);

    OnnxExport export = exporter.export(artifacts, link);

    assertThat(target.resolve(export.directory().getFileName())).isDirectory();
  }

  @Test
  void keepsOtherWeightsAndConfigurationsApart() throws IOException {
    OnnxExport first = export();
    SyntheticModel other = SyntheticModel.of(model.config(), 2);
    SyntheticModel selecting =
        SyntheticModel.of(
            SyntheticConfig.create().sizes(192, 320).heads(6, 3, 32).select(-1, true).build(), 1);

    Path otherWeights = exporter.export(other.artifacts(parent), parent).directory();
    Path otherConfig = exporter.export(selecting.artifacts(parent), parent).directory();

    assertThat(List.of(first.directory(), otherWeights, otherConfig)).doesNotHaveDuplicates();
  }

  private interface Damage {
    void to(Path directory) throws IOException;
  }

  private void assertRebuilt(Damage damage) throws IOException {
    Path directory = export().directory();
    damage.to(directory);
    assertThat(exporter.find(artifacts, parent)).isEmpty();

    OnnxExport rebuilt = export();

    assertThat(rebuilt.reused()).isFalse();
    assertThat(rebuilt.directory()).isEqualTo(directory);
    assertThat(export().reused()).isTrue();
    assertThat(names(parent)).noneMatch(name -> name.contains(".tmp-"));
  }

  private static Damage manifest(Consumer<ObjectNode> change) {
    return directory -> {
      Path file = directory.resolve("manifest.json");
      ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
      change.accept(manifest);
      JSON.writeValue(file.toFile(), manifest);
    };
  }

  @Test
  void rebuildsWithoutAFile() throws IOException {
    assertRebuilt(directory -> Files.delete(directory.resolve("decoder.onnx.data")));
  }

  @Test
  void rebuildsWithoutManifest() throws IOException {
    assertRebuilt(directory -> Files.delete(directory.resolve("manifest.json")));
  }

  @Test
  void rebuildsWithoutParityReport() throws IOException {
    assertRebuilt(directory -> Files.delete(directory.resolve("parity.json")));
  }

  @Test
  void rebuildsAfterAFileWasCut() throws IOException {
    assertRebuilt(
        directory -> {
          try (FileChannel file =
              FileChannel.open(directory.resolve("decoder.onnx.data"), StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 1);
          }
        });
  }

  @Test
  void rebuildsAfterASmallFileChanged() throws IOException {
    assertRebuilt(directory -> flipByte(directory.resolve("vision.onnx")));
  }

  @Test
  void rebuildsBrokenJson() throws IOException {
    assertRebuilt(
        directory -> Files.writeString(directory.resolve("manifest.json"), "{\"exporterVersi"));
  }

  @Test
  void rebuildsJsonOfAnotherForm() throws IOException {
    assertRebuilt(directory -> Files.writeString(directory.resolve("manifest.json"), "[1]"));
    assertRebuilt(directory -> Files.writeString(directory.resolve("manifest.json"), ""));
    assertRebuilt(manifest(root -> root.putObject("files")));
    assertRebuilt(manifest(root -> root.put("precision", 4)));
  }

  @Test
  void rebuildsAHugeManifest() throws IOException {
    assertRebuilt(
        directory ->
            Files.writeString(directory.resolve("manifest.json"), " ".repeat(100_000) + "{}"));
  }

  @Test
  void rebuildsOtherExporterVersions() throws IOException {
    assertRebuilt(manifest(root -> root.put("exporterVersion", OnnxExporter.VERSION + 1)));
    assertRebuilt(manifest(root -> root.remove("exporterVersion")));
  }

  @Test
  void rebuildsOtherWeightsAndConfigurations() throws IOException {
    assertRebuilt(manifest(root -> root.put("weightsHash", "00")));
    assertRebuilt(manifest(root -> root.put("configDigest", "00")));
    assertRebuilt(manifest(root -> root.put("precision", "int8")));
  }

  @Test
  void reusesAnExportMadeWithAnotherRuntime() throws IOException {
    Path directory = export().directory();
    manifest(root -> root.put("onnxruntimeVersion", "1.0.0")).to(directory);

    assertThat(export().reused()).isTrue();
  }

  @Test
  void replacesAFileInItsPlace() throws IOException {
    Path directory = export().directory();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
    Files.writeString(directory, "not a directory");

    assertThat(export().reused()).isFalse();
    assertThat(export().reused()).isTrue();
  }

  @Test
  void verifiesLargeFilesOnDemand(@TempDir Path other) throws IOException {
    // More than the 16 MiB that are always hashed.
    SyntheticModel large =
        SyntheticModel.of(SyntheticConfig.create().sizes(512, 512).vocabSize(9000).build(), 1);
    OnnxExport export = exporter.export(large.artifacts(other), other);
    Path data = export.directory().resolve("decoder.onnx.data");
    assertThat(Files.size(data)).isGreaterThan(16 << 20);
    flipByte(data);

    assertThat(exporter.export(large.artifacts(other), other).reused()).isTrue();
    OnnxExporter verifying = new OnnxExporter(new OnnxExportConfig(Precision.FP32, true));
    assertThat(verifying.export(large.artifacts(other), other).reused()).isFalse();
    assertThat(verifying.export(large.artifacts(other), other).reused()).isTrue();
  }

  @Test
  void removesWhatDeadExportersLeft() throws IOException {
    String name = export().directory().getFileName().toString();
    Path left = Files.createDirectory(parent.resolve(name + ".tmp-123"));
    Files.writeString(left.resolve("decoder.onnx.data"), "half");
    Files.delete(parent.resolve(name).resolve("manifest.json"));

    export();

    assertThat(left).doesNotExist();
  }

  @Test
  void leavesNothingWhenTheModelIsIncomplete() throws IOException {
    model.remove("model.layers.1.mlp.down_proj.weight");

    assertThatThrownBy(this::export)
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("model.layers.1.mlp.down_proj.weight");
    assertThat(names(parent)).allMatch(name -> name.endsWith(".lock"));
  }

  @Test
  void threadsThatExportTheSameModelWriteItOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<OnnxExport>> runs = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        runs.add(
            threads.submit(
                () -> new OnnxExporter(OnnxExportConfig.defaults()).export(artifacts, parent)));
      }
      int written = 0;
      for (Future<OnnxExport> run : runs) {
        written += run.get().reused() ? 0 : 1;
      }
      assertThat(written).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anotherProcessWaitsForTheLock() throws Exception {
    String name = export().directory().getFileName().toString();
    Files.delete(parent.resolve(name).resolve("manifest.json"));
    Process holder = lockHolder(parent.resolve(name + ".lock"));
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('L');
      Future<OnnxExport> waiting;
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        waiting = thread.submit(this::export);
        Thread.sleep(300);
        assertThat(waiting.isDone()).isFalse();
        holder.getOutputStream().close(); // The holder ends.
        assertThat(waiting.get().reused()).isFalse();
      } finally {
        thread.shutdownNow();
      }
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  private static Process lockHolder(Path lock) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LockHolder.class.getName(),
            lock.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Holds a lock until its input ends. */
  static final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
      try (FileChannel channel =
          FileChannel.open(
              Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        if (channel.tryLock() != null) {
          System.out.write('L');
          System.out.flush();
          while (System.in.read() >= 0) {
            // Waits for the end.
          }
        }
      }
    }
  }

  private static void flipByte(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      long middle = channel.size() / 2;
      channel.read(one, middle);
      one.flip();
      one.put(0, (byte) (one.get(0) ^ 1));
      channel.write(one, middle);
    }
  }

  @Test
  void rejectsPrecisionsItCannotWrite() {
    assertThatThrownBy(() -> new OnnxExporter(new OnnxExportConfig(Precision.BF16, false)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("bf16")
        .hasMessageContaining("available: fp32, int8, int8-blocks, int4");
  }
}
