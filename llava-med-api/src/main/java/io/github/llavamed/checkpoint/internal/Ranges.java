package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.TensorInfo;

/** Checks ranges that callers ask for. */
final class Ranges {
  private Ranges() {}

  static void check(TensorInfo info, long size, long offset, long count) {
    if (offset < 0 || count < 0 || offset > size - count) {
      throw new IndexOutOfBoundsException(
          "tensor '%s': range of %d from %d is outside 0 to %d"
              .formatted(info.name(), count, offset, size));
    }
  }
}
