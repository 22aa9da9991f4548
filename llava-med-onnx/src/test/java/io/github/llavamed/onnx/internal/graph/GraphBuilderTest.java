package io.github.llavamed.onnx.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphBuilderTest {
  @TempDir Path directory;
  private Path file;
  private ExternalDataWriter data;
  private GraphBuilder graph;

  @BeforeEach
  void start() throws IOException {
    file = directory.resolve("graph.onnx.data");
    data = ExternalDataWriter.create(file);
    graph = new GraphBuilder("graph", data);
  }

  @AfterEach
  void end() throws IOException {
    data.close();
  }

  private static RowSource counting(int rows, int columns, float start) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = start + i;
    }
    return RowSource.of(values, rows);
  }

  private static Map<String, String> external(TensorProto tensor) {
    return tensor.getExternalDataList().stream()
        .collect(
            Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
  }

  @Test
  void keepsSmallWeightsInTheGraph() {
    graph.weight("small", counting(2, 3, 1), 2, 3);

    TensorProto tensor = graph.build().getGraph().getInitializer(0);
    FloatBuffer values =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    assertThat(tensor.getDimsList()).containsExactly(2L, 3L);
    assertThat(tensor.getExternalDataCount()).isZero();
    assertThat(values).isEqualTo(FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6}));
  }

  @Test
  void writesLargeWeightsOnPageBoundaries() throws IOException {
    RowSource first = counting(130, 129, 0);
    RowSource second = counting(700, 701, -5); // larger than the writer's buffer
    graph.weight("first", first, 130, 129);
    graph.weight("second", second, 700, 701);
    String hash = data.finish();

    ModelProto model = graph.build();
    byte[] bytes = Files.readAllBytes(file);
    assertThat(HexFormat.of().formatHex(Sha256.newDigest().digest(bytes))).isEqualTo(hash);
    for (int i = 0; i < 2; i++) {
      TensorProto tensor = model.getGraph().getInitializer(i);
      Map<String, String> place = external(tensor);
      assertThat(tensor.getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
      assertThat(place.get("location")).isEqualTo("graph.onnx.data");
      int offset = Integer.parseInt(place.get("offset"));
      int length = Integer.parseInt(place.get("length"));
      assertThat(offset % 4096).isZero();
      float[] expected = i == 0 ? all(first) : all(second);
      float[] stored = new float[length / Float.BYTES];
      ByteBuffer.wrap(bytes, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(stored);
      assertThat(stored).isEqualTo(expected);
    }
  }

  private static float[] all(RowSource source) {
    float[] values = new float[(int) source.rows() * source.columns()];
    float[] row = new float[source.columns()];
    for (int r = 0; r < source.rows(); r++) {
      source.readRow(r, row);
      System.arraycopy(row, 0, values, r * row.length, row.length);
    }
    return values;
  }

  @Test
  void stacksRowsOfEqualWidth() {
    RowSource stacked = RowSource.stack(List.of(counting(2, 2, 0), counting(1, 2, 10)));

    assertThat(all(stacked)).containsExactly(0, 1, 2, 3, 10, 11);
    assertThatThrownBy(() -> stacked.readRow(3, new float[2]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> RowSource.stack(List.of(counting(2, 2, 0), counting(1, 3, 0))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesANameUsedTwice() {
    Value x = graph.input("x", ElementType.FLOAT, Dim.named("n"));
    graph.node("Relu").in(x).out("y");

    assertThatThrownBy(() -> graph.node("Abs").in(x).out("y"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("y");
    assertThatThrownBy(() -> graph.constant("x", 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesDimensionsThatDoNotFit() {
    assertThatThrownBy(() -> graph.weight("w", counting(2, 3, 0), 3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9")
        .hasMessageContaining("6");
  }

  @Test
  void refusesToOverwriteADataFile() {
    assertThatThrownBy(() -> ExternalDataWriter.create(file)).isInstanceOf(IOException.class);
  }
}
