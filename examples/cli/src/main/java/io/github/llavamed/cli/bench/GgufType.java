package io.github.llavamed.cli.bench;

import io.github.llavamed.error.LlavaMedException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The tensor types of GGUF files that can be read, each as float32; see {@code ggml-quants.c}. */
enum GgufType {
  /** Plain numbers. */
  F32(0) {
    @Override
    float[] read(ByteBuffer data, int size) {
      float[] values = new float[size];
      data.asFloatBuffer().get(values);
      return values;
    }
  },

  /**
   * Blocks of 32: minimum and scale in half precision, 4 bits each; value = scale * n + minimum.
   */
  Q4_1(3) {
    @Override
    float[] read(ByteBuffer data, int size) {
      float[] values = new float[size];
      for (int first = 0; first < size; first += BLOCK) {
        float scale = half(data);
        float minimum = half(data);
        for (int i = 0; i < BLOCK / 2; i++) {
          int pair = data.get();
          values[first + i] = scale * (pair & 0xf) + minimum;
          values[first + i + BLOCK / 2] = scale * (pair >> 4 & 0xf) + minimum;
        }
      }
      return values;
    }
  },

  /** Blocks of 32: scale in half precision, 8 bits each. */
  Q8_0(8) {
    @Override
    float[] read(ByteBuffer data, int size) {
      float[] values = new float[size];
      for (int first = 0; first < size; first += BLOCK) {
        float scale = half(data);
        for (int i = 0; i < BLOCK; i++) {
          values[first + i] = scale * data.get();
        }
      }
      return values;
    }
  };

  private static final int BLOCK = 32;

  private final int code;

  GgufType(int code) {
    this.code = code;
  }

  /** Reads values from the position on; sizes are multiples of the block. */
  abstract float[] read(ByteBuffer data, int size);

  /** Reads an IEEE half; scales are finite. */
  private static float half(ByteBuffer data) {
    int bits = data.getShort();
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        exponent == 0 ? fraction * 0x1p-24f : (fraction + 0x400) * Math.scalb(1f, exponent - 25);
    return bits < 0 ? -magnitude : magnitude;
  }

  static GgufType of(int code, String tensor) {
    return Arrays.stream(values())
        .filter(type -> type.code == code)
        .findFirst()
        .orElseThrow(
            () ->
                new LlavaMedException(
                    "tensor '%s': expected type F32, Q4_1 or Q8_0, found type %d; use another file"
                        .formatted(tensor, code)));
  }
}
