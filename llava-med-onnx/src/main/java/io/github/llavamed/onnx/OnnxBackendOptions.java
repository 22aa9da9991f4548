package io.github.llavamed.onnx;

/**
 * Settings of the ONNX backends beyond those that every backend has. Immutable.
 *
 * @param chunkRows prompt rows that go through the decoder at once at most, ≥ 1; smaller chunks
 *     need less working memory and cost some speed, results agree within rounding
 * @param verifyExport whether an export found on disk is hashed as a whole before it is used;
 *     otherwise sizes are always compared, but only files of at most 16 MiB are hashed
 * @param prepackedCache whether the decoder is kept a second time in the form that the runtime's
 *     kernels want: as file pages instead of private memory, for twice the disk space and no less
 *     time to load; made anew for another runtime version or processor; not for int4, nor with
 *     {@link io.github.llavamed.inference.WeightPlacement#MAPPED}, which loads at once
 */
public record OnnxBackendOptions(int chunkRows, boolean verifyExport, boolean prepackedCache) {
  /** Rows per chunk: an image of 576 rows and its question go through at once, 6 % faster. */
  private static final int DEFAULT_CHUNK_ROWS = 640;

  /** Checks the range. */
  public OnnxBackendOptions {
    if (chunkRows < 1) {
      throw new IllegalArgumentException("chunkRows: expected at least 1, found " + chunkRows);
    }
  }

  /** Keeps nothing a second time. */
  public OnnxBackendOptions(int chunkRows, boolean verifyExport) {
    this(chunkRows, verifyExport, false);
  }

  /** Returns chunks of 640 rows, no full hashing, no second copy. */
  public static OnnxBackendOptions defaults() {
    return new OnnxBackendOptions(DEFAULT_CHUNK_ROWS, false);
  }
}
