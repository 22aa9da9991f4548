package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.FileRegion;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A tensor whose elements lie in a file one after the other, row-major. */
record ContiguousTensor(TensorInfo info, MappedFile file, long start) implements TensorData {
  @Override
  public Optional<FileRegion> region() {
    return Optional.of(new FileRegion(file.path(), start, info.byteSize()));
  }

  @Override
  public void readBytes(long byteOffset, ByteBuffer target) {
    Ranges.check(info, info.byteSize(), byteOffset, target.remaining());
    file.checkOpen();
    file.read(start + byteOffset, target);
  }

  @Override
  public void prefetch(long byteOffset, long length) {
    Ranges.check(info, info.byteSize(), byteOffset, length);
    file.checkOpen();
    file.load(start + byteOffset, length);
  }

  @Override
  public void readFloats(long elementOffset, float[] target, int targetOffset, int count) {
    Ranges.check(info, info.shape().elementCount(), elementOffset, count);
    Ranges.check(info, target.length, targetOffset, count);
    file.checkOpen();
    int width = info.dtype().byteSize();
    long position = start + elementOffset * width;
    int done = 0;
    while (done < count) {
      ByteBuffer view = file.view(position, (long) (count - done) * width);
      int elements = view.remaining() / width;
      ElementCodec.widen(info.dtype(), view, target, targetOffset + done, elements);
      done += elements;
      position += (long) elements * width;
    }
  }
}
