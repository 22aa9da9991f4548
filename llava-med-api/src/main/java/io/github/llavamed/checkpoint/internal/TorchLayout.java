package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import java.util.Arrays;
import java.util.Map;

/**
 * Places pickled tensors on the entries of their archive: every element must lie in its storage.
 *
 * @param file the archive
 * @param entries its entries by name
 * @param prefix what storage keys are prefixed with to give entry names
 * @param limits the reader's limits
 */
record TorchLayout(
    MappedFile file,
    Map<String, ZipDirectory.Entry> entries,
    String prefix,
    CheckpointLimits limits) {

  /** Returns the data of a tensor. */
  TensorData place(String name, PickleValue.Tensor tensor) {
    String where = "tensor '" + JsonHeader.firstLine(name) + "'";
    checkShape(where, tensor);
    Shape shape = Shape.of(tensor.sizes());
    long start = storageStart(where, tensor.storage());
    TensorInfo info = new TensorInfo(name, tensor.storage().dtype(), shape, file.path());
    long bytes;
    long lastElement;
    try {
      bytes = info.byteSize();
      lastElement = bytes == 0 ? -1 : lastElement(tensor);
    } catch (ArithmeticException e) {
      throw file.malformed(
          CheckpointRule.SHAPE_OVERFLOW,
          where,
          "less than 2^63 bytes",
          shape + " by strides " + Arrays.toString(tensor.strides()));
    }
    if (bytes == 0) {
      return new ContiguousTensor(info, file, start);
    }
    if (lastElement >= tensor.storage().elements()) {
      throw file.malformed(
          CheckpointRule.TENSOR_WITHIN_STORAGE,
          where,
          "elements below %d".formatted(tensor.storage().elements()),
          "element " + lastElement);
    }
    int width = info.dtype().byteSize();
    checkExpansion(where, bytes, tensor.storage().elements() * width);
    long first = start + tensor.offset() * width;
    return isContiguous(tensor)
        ? new ContiguousTensor(info, file, first)
        : new StridedTensor(info, file, first, tensor.strides());
  }

  private void checkShape(String where, PickleValue.Tensor tensor) {
    long[] sizes = tensor.sizes();
    long[] strides = tensor.strides();
    if (sizes.length > limits.rank()) {
      throw file.malformed(
          CheckpointRule.SHAPE_RANK, where, "at most " + limits.rank(), sizes.length);
    }
    if (Arrays.stream(sizes).anyMatch(size -> size < 0)) {
      throw file.malformed(
          CheckpointRule.SHAPE_DIMENSION, where, "sizes >= 0", Arrays.toString(sizes));
    }
    boolean negative = tensor.offset() < 0 || Arrays.stream(strides).anyMatch(s -> s < 0);
    if (negative || strides.length != sizes.length) {
      throw file.malformed(
          CheckpointRule.TENSOR_STRIDE,
          where,
          "offset and %d strides >= 0".formatted(sizes.length),
          tensor.offset() + " and " + Arrays.toString(strides));
    }
  }

  /** Returns where the data of a storage begin, after checking their size. */
  private long storageStart(String where, PickleValue.Storage storage) {
    ZipDirectory.Entry entry = entries.get(prefix + storage.key());
    if (entry == null) {
      throw file.malformed(
          CheckpointRule.STORAGE_MISSING,
          where,
          "entry '" + JsonHeader.firstLine(prefix + storage.key()) + "'",
          "none");
    }
    // Whole elements; a storage that was viewed as bytes may end with a part of one.
    if (entry.size() / storage.dtype().byteSize() != storage.elements()) {
      throw file.malformed(
          CheckpointRule.STORAGE_SIZE,
          where,
          "%d elements of %s".formatted(storage.elements(), storage.dtype()),
          entry.size() + " bytes");
    }
    return entry.start();
  }

  private static long lastElement(PickleValue.Tensor tensor) {
    long last = tensor.offset();
    for (int axis = 0; axis < tensor.sizes().length; axis++) {
      long steps = tensor.sizes()[axis] - 1;
      last = Math.addExact(last, Math.multiplyExact(steps, tensor.strides()[axis]));
    }
    return last;
  }

  private void checkExpansion(String where, long bytes, long storageBytes) {
    if (bytes > storageBytes && bytes > limits.expandedBytes()) {
      throw file.malformed(
          CheckpointRule.TENSOR_EXPANSION,
          where,
          "at most %d bytes".formatted(limits.expandedBytes()),
          "%d bytes from a storage of %d".formatted(bytes, storageBytes));
    }
  }

  private static boolean isContiguous(PickleValue.Tensor tensor) {
    long expected = 1;
    for (int axis = tensor.sizes().length - 1; axis >= 0; axis--) {
      long size = tensor.sizes()[axis];
      if (size != 1 && tensor.strides()[axis] != expected) {
        return false;
      }
      expected *= size;
    }
    return true;
  }
}
