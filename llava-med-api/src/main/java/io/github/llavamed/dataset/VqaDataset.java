package io.github.llavamed.dataset;

import java.util.List;

/**
 * An ordered list of questions with references, and the hash of the data they came from.
 *
 * <p>Implementations are immutable and safe for concurrent use.
 */
public interface VqaDataset {
  /** Returns the name that reports show, for example {@code vqa-rad}; never blank. */
  String name();

  /** Returns the questions in file order; the list cannot be changed. */
  List<VqaSample> samples();

  /** Returns the SHA-256 of the data file's bytes, 64 lower-case hexadecimal digits. */
  String sha256();
}
