package io.github.llavamed.trainer.internal.torch;

import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.FileRegion;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.config.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Moves numbers between files, Java arrays and libtorch tensors. */
public final class TensorTransfer {
  private static final int CHUNK_BYTES = 1 << 26;

  private TensorTransfer() {}

  /**
   * Returns a stored tensor on a device, as the type asked for; the caller closes it.
   *
   * <p>On the CPU, in the type in which it is stored, it is the file itself, mapped: memory is
   * taken page by page where it is written to, and the file is never changed. On the device {@code
   * meta}, where tensors have a shape and no elements, nothing is read.
   */
  public static Tensor load(TensorData data, Device device, ScalarType type) {
    return Scopes.keepNoGrad(
        () -> {
          if (device.is_meta()) {
            TensorOptions options = new TensorOptions(device);
            long[] shape = data.info().shape().toArray();
            return torch.empty(shape, options, new MemoryFormatOptional()).to(type);
          }
          Tensor stored = data.region().map(file -> mapped(data, file)).orElseGet(() -> read(data));
          return stored.to(device, type);
        });
  }

  /** Maps a private view of a file, which lives as long as the tensor. */
  private static Tensor mapped(TensorData data, FileRegion region) {
    TensorInfo info = data.info();
    if (region.size() == 0 || region.offset() % info.dtype().byteSize() != 0) {
      return read(data); // nothing to map, or not where the processor may read it
    }
    Tensor file =
        torch.from_file(
            region.file().toString(),
            new BoolOptional(false),
            new LongOptional(Math.addExact(region.offset(), region.size())),
            new TensorOptions(ScalarType.Byte)); // [bytes]
    return file.narrow(0, region.offset(), region.size())
        .view(scalarType(info.dtype(), info.name()))
        .view(info.shape().toArray());
  }

  private static Tensor read(TensorData data) {
    TensorInfo info = data.info();
    Tensor stored =
        torch.empty(
            info.shape().toArray(),
            new TensorOptions(scalarType(info.dtype(), info.name())),
            new MemoryFormatOptional());
    long size = info.byteSize();
    for (long done = 0; done < size; ) {
      int count = (int) Math.min(CHUNK_BYTES, size - done);
      data.readBytes(done, bytes(stored, done, count));
      done += count;
    }
    return stored;
  }

  /**
   * Reads a range of a stored tensor as if it lay flat.
   *
   * @param first the first element
   * @param target takes as many elements as it has; contiguous float32 on the CPU // [k]
   */
  public static void read(TensorData data, long first, Tensor target) {
    if (data.info().dtype() != DType.F32) {
      throw new UnsupportedModelException(
          "tensor '%s': expected F32, found %s".formatted(data.info().name(), data.info().dtype()));
    }
    long size = Math.multiplyExact(target.numel(), (long) Float.BYTES);
    for (long done = 0; done < size; ) {
      int count = (int) Math.min(CHUNK_BYTES, size - done);
      data.readBytes(first * Float.BYTES + done, bytes(target, done, count));
      done += count;
    }
  }

  /** Returns an array as a float32 tensor on a device; the caller closes it. */
  public static Tensor of(float[] values, Device device, long... shape) {
    return Scopes.keepNoGrad(() -> Tensor.create(values, shape).to(device, ScalarType.Float));
  }

  /** Returns raw little-endian elements as a tensor of their type, in the caller's scope. */
  public static Tensor ofBytes(byte[] raw, ScalarType type, Device device, long... shape) {
    Tensor tensor = torch.empty(shape).to(type);
    bytes(tensor, 0, raw.length).put(raw);
    return tensor.to(device, type);
  }

  /** Returns the raw little-endian elements of a tensor, row-major. */
  public static byte[] toBytes(Tensor tensor) {
    byte[][] raw = new byte[1][];
    Scopes.runNoGrad(
        () -> {
          Tensor plain = tensor.detach().cpu().contiguous();
          raw[0] = new byte[Math.toIntExact(plain.nbytes())];
          bytes(plain, 0, raw[0].length).get(raw[0]);
        });
    return raw[0];
  }

  /** Returns a copy of another type; the caller closes it. */
  public static Tensor cast(Tensor tensor, ScalarType type) {
    return Scopes.keepNoGrad(() -> tensor.to(type, false, true, null));
  }

  /** Returns all elements of a tensor, widened to float, row-major. */
  public static float[] toFloats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    Scopes.runNoGrad(
        () -> {
          Tensor plain = tensor.detach().to(ScalarType.Float).cpu().contiguous();
          plain.data_ptr_float().get(values);
        });
    return values;
  }

  /** Returns how a tensor is declared to a writer, as float32 whatever it is in memory. */
  public static TensorSpec spec(String name, Tensor tensor) {
    return new TensorSpec(name, DType.F32, Shape.of(sizes(tensor)));
  }

  /** Writes a tensor as float32. */
  public static void write(CheckpointWriter writer, String name, Tensor tensor) throws IOException {
    try (Tensor plain =
        Scopes.keepNoGrad(() -> tensor.detach().to(ScalarType.Float).cpu().contiguous())) {
      long size = Math.multiplyExact(plain.numel(), (long) Float.BYTES);
      for (long done = 0; done < size; ) {
        int count = (int) Math.min(CHUNK_BYTES, size - done);
        writer.append(name, bytes(plain, done, count));
        done += count;
      }
    }
  }

  /** Returns the dimensions of a tensor. */
  public static long[] sizes(Tensor tensor) {
    long[] sizes = new long[Math.toIntExact(tensor.dim())];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = tensor.size(i);
    }
    return sizes;
  }

  private static ByteBuffer bytes(Tensor tensor, long from, int count) {
    BytePointer start = new BytePointer(tensor.data_ptr());
    return start.position(from).limit(from + count).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ScalarType scalarType(DType type, String name) {
    return switch (type) {
      case F32 -> ScalarType.Float;
      case F16 -> ScalarType.Half;
      case BF16 -> ScalarType.BFloat16;
      case F64 -> ScalarType.Double;
      case I64 -> ScalarType.Long;
      default ->
          throw new UnsupportedModelException(
              "tensor '%s': expected F32, F16, BF16 or F64, found %s".formatted(name, type));
    };
  }
}
