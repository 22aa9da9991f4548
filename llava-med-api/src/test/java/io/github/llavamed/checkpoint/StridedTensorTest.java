package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views of storages, read as a whole and in every piece. */
class StridedTensorTest {
  private static final int STORAGE = 40;

  @TempDir Path directory;

  @Test
  void readsEveryRangeOfViews() throws IOException {
    check(1, new long[] {4, 6}, new long[] {1, 5});
    check(0, new long[] {3, 4}, new long[] {10, 2});
    check(2, new long[] {3, 4}, new long[] {0, 1});
    check(3, new long[] {2, 1, 3, 2}, new long[] {1, 99, 8, 4});
    check(39, new long[] {5}, new long[] {0});
  }

  @Test
  void readsTransposedMatricesLargerThanAChunk() throws IOException {
    int rows = 300;
    int columns = 200;
    ByteBuffer storage = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows * columns; i++) {
      storage.putFloat(i);
    }
    long[] sizes = {columns, rows};
    byte[] pickle =
        PickleBytes.tensor("FloatStorage", rows * columns, 0, sizes, new long[] {1, columns});
    try (Checkpoint checkpoint = Checkpoint.open(write(pickle, storage.array()))) {
      float[] values = checkpoint.tensor("w").toFloats();
      for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
          assertThat(values[column * rows + row]).isEqualTo(row * columns + column);
        }
      }
    }
  }

  private void check(long offset, long[] sizes, long[] strides) throws IOException {
    ByteBuffer storage = ByteBuffer.allocate(2 * STORAGE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < STORAGE; i++) {
      storage.putShort((short) (1000 + i));
    }
    byte[] pickle = PickleBytes.tensor("ShortStorage", STORAGE, offset, sizes, strides);
    float[] expected = expected(offset, sizes, strides);
    ByteBuffer expectedBytes =
        ByteBuffer.allocate(2 * expected.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : expected) {
      expectedBytes.putShort((short) value);
    }

    try (Checkpoint checkpoint = Checkpoint.open(write(pickle, storage.array()))) {
      TensorData data = checkpoint.tensor("w");
      assertThat(data.toFloats()).isEqualTo(expected);
      for (int from = 0; from <= expected.length; from++) {
        for (int to = from; to <= expected.length; to++) {
          float[] part = new float[to - from];
          data.readFloats(from, part, 0, part.length);
          assertThat(part).isEqualTo(Arrays.copyOfRange(expected, from, to));
        }
      }
      for (int from = 0; from <= 2 * expected.length; from++) {
        for (int to = from; to <= 2 * expected.length; to++) {
          ByteBuffer part = ByteBuffer.allocate(to - from);
          data.readBytes(from, part);
          assertThat(part.array()).isEqualTo(Arrays.copyOfRange(expectedBytes.array(), from, to));
        }
      }
    }
  }

  /** Walks the indices one by one, as the definition of strides says. */
  private static float[] expected(long offset, long[] sizes, long[] strides) {
    int count = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      long rest = i;
      long at = offset;
      for (int axis = sizes.length - 1; axis >= 0; axis--) {
        at += rest % sizes[axis] * strides[axis];
        rest /= sizes[axis];
      }
      values[i] = 1000 + at;
    }
    return values;
  }

  private Path write(byte[] pickle, byte[] storage) {
    byte[] archive = new ZipBytes().add("a/data.pkl", pickle).add("a/data/0", storage).finish();
    return SafetensorsBytes.write(directory.resolve("strided.bin"), archive);
  }
}
