package io.github.llavamed.onnx;

/**
 * Settings of the ONNX backends beyond those that every backend has. Immutable.
 *
 * @param chunkRows prompt rows that go through the decoder at once at most, ≥ 1; smaller chunks
 *     need less working memory and cost some speed, results agree within rounding
 * @param verifyExport whether an export found on disk is hashed as a whole before it is used;
 *     otherwise sizes are always compared, but only files of at most 16 MiB are hashed
 */
public record OnnxBackendOptions(int chunkRows, boolean verifyExport) {
  /** Rows per chunk: past this, longer chunks no longer raise the speed of matrix products. */
  private static final int DEFAULT_CHUNK_ROWS = 512;

  /** Checks the range. */
  public OnnxBackendOptions {
    if (chunkRows < 1) {
      throw new IllegalArgumentException("chunkRows: expected at least 1, found " + chunkRows);
    }
  }

  /** Returns chunks of 512 rows and no full hashing. */
  public static OnnxBackendOptions defaults() {
    return new OnnxBackendOptions(DEFAULT_CHUNK_ROWS, false);
  }
}
