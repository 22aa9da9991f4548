package io.github.llavamed.internal;

import java.util.List;

/** Names the class of a processor by its widest instructions for products of bytes. */
public final class CpuClass {
  private CpuClass() {}

  /**
   * Returns the class in a few words.
   *
   * @param features instruction sets as Linux names them
   */
  public static String of(List<String> features) {
    if (features.isEmpty()) {
      return "unknown: the system does not tell the instruction sets";
    }
    return features.contains("asimd") ? arm(features) : x86(features);
  }

  private static String x86(List<String> features) {
    if (features.contains("amx_int8")) {
      return "AMX: tiles of bytes are multiplied at once, the fastest for int8";
    }
    if (features.contains("avx512_vnni")) {
      return "AVX-512 with VNNI: byte dot products, int8 at full speed";
    }
    if (features.contains("avx_vnni")) {
      return "AVX2 with VNNI: byte dot products, int8 at full speed";
    }
    String without =
        " without VNNI: bytes are added in 16 bits on the way, int8 weights get 7 bits";
    if (features.contains("avx512bw")) {
      return "AVX-512" + without;
    }
    if (features.contains("avx2")) {
      return "AVX2" + without;
    }
    return "no AVX2: slow in every precision";
  }

  private static String arm(List<String> features) {
    if (features.contains("i8mm")) {
      return "NEON with i8mm: products of byte matrices, int8 at full speed";
    }
    return features.contains("asimddp")
        ? "NEON with dot products: int8 at full speed"
        : "NEON without dot products: int8 gains little";
  }
}
