package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor whose elements are gathered from a storage by strides, in row-major order. */
final class StridedTensor implements TensorData {
  private static final int CHUNK_BYTES = 1 << 16;

  private final TensorInfo info;
  private final MappedFile file;
  private final long start;
  private final long[] dims;
  private final long[] strides;

  /**
   * Creates a view with a rank of at least 1.
   *
   * @param start position of the first element in the file
   * @param strides elements between neighbours along each dimension; all of them lie in the file
   */
  StridedTensor(TensorInfo info, MappedFile file, long start, long[] strides) {
    this.info = info;
    this.file = file;
    this.start = start;
    this.dims = info.shape().toArray();
    this.strides = strides;
  }

  @Override
  public TensorInfo info() {
    return info;
  }

  @Override
  public void readBytes(long byteOffset, ByteBuffer target) {
    Ranges.check(info, info.byteSize(), byteOffset, target.remaining());
    file.checkOpen();
    int width = info.dtype().byteSize();
    ByteBuffer chunk = chunk((long) target.remaining() + 2L * width);
    long element = byteOffset / width;
    int skip = (int) (byteOffset % width);
    while (target.hasRemaining()) {
      int wanted = (target.remaining() + skip + width - 1) / width;
      int count = Math.min(wanted, chunk.capacity() / width);
      gather(element, count, chunk.clear());
      chunk.flip().position(skip);
      chunk.limit(Math.min(chunk.limit(), skip + target.remaining()));
      target.put(chunk);
      skip = 0;
      element += count;
    }
  }

  @Override
  public void readFloats(long elementOffset, float[] target, int targetOffset, int count) {
    Ranges.check(info, info.shape().elementCount(), elementOffset, count);
    Ranges.check(info, target.length, targetOffset, count);
    file.checkOpen();
    int width = info.dtype().byteSize();
    ByteBuffer chunk = chunk((long) count * width);
    for (int done = 0; done < count; ) {
      int elements = Math.min(count - done, chunk.capacity() / width);
      gather(elementOffset + done, elements, chunk.clear());
      ElementCodec.widen(info.dtype(), chunk.flip(), target, targetOffset + done, elements);
      done += elements;
    }
  }

  private static ByteBuffer chunk(long wanted) {
    return ByteBuffer.allocate((int) Math.min(wanted, CHUNK_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Appends {@code count} elements from the row-major index {@code first} on. */
  private void gather(long first, int count, ByteBuffer out) {
    int last = dims.length - 1;
    long[] index = new long[dims.length];
    long rest = first;
    for (int axis = last; axis >= 0; axis--) {
      index[axis] = rest % dims[axis];
      rest /= dims[axis];
    }
    int left = count;
    while (left > 0) {
      int run = (int) Math.min(left, dims[last] - index[last]);
      copyRun(position(index), strides[last], run, out);
      left -= run;
      index[last] += run;
      for (int axis = last; axis > 0 && index[axis] == dims[axis]; axis--) {
        index[axis] = 0;
        index[axis - 1]++;
      }
    }
  }

  private long position(long[] index) {
    long offset = 0;
    for (int axis = 0; axis < dims.length; axis++) {
      offset += index[axis] * strides[axis];
    }
    return start + offset * info.dtype().byteSize();
  }

  private void copyRun(long position, long stride, int count, ByteBuffer out) {
    int width = info.dtype().byteSize();
    if (stride == 1) {
      int limit = out.limit();
      file.read(position, out.limit(out.position() + count * width));
      out.limit(limit);
      return;
    }
    for (int i = 0; i < count; i++) {
      file.copyElement(position + i * stride * width, width, out);
    }
  }
}
