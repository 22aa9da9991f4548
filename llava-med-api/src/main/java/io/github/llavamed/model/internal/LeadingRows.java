package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.FileRegion;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The first rows of a stored tensor under another name; rows are contiguous, so a prefix. */
final class LeadingRows implements TensorData {
  private final TensorData stored;
  private final TensorInfo info;

  LeadingRows(TensorData stored, TensorInfo info) {
    this.stored = stored;
    this.info = info;
  }

  @Override
  public TensorInfo info() {
    return info;
  }

  @Override
  public Optional<FileRegion> region() {
    return stored.region().map(all -> new FileRegion(all.file(), all.offset(), info.byteSize()));
  }

  @Override
  public void readBytes(long byteOffset, ByteBuffer target) {
    check("bytes", byteOffset, target.remaining(), info.byteSize());
    stored.readBytes(byteOffset, target);
  }

  @Override
  public void prefetch(long byteOffset, long length) {
    check("bytes", byteOffset, length, info.byteSize());
    stored.prefetch(byteOffset, length);
  }

  @Override
  public void readFloats(long elementOffset, float[] target, int targetOffset, int count) {
    check("elements", elementOffset, count, info.shape().elementCount());
    stored.readFloats(elementOffset, target, targetOffset, count);
  }

  private void check(String unit, long offset, long count, long size) {
    if (offset < 0 || count < 0 || offset > size - count) {
      throw new IndexOutOfBoundsException(
          "tensor '"
              + info.name()
              + "' of "
              + size
              + " "
              + unit
              + ": cannot read "
              + count
              + " from "
              + offset
              + " on");
    }
  }
}
