package io.github.llavamed.dataset;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Entry point of a kind of data set, found by {@link java.util.ServiceLoader}.
 *
 * <p>Implementations have a public no-argument constructor and read nothing before {@link #open}.
 */
public interface VqaDatasetProvider {
  /** Returns the name that users type, in kebab case; unique, never blank. */
  String id();

  /**
   * Reads one split.
   *
   * @param directory the folder of the data set
   * @param split {@code train}, {@code val}, {@code test} or another name that the data set has
   * @throws IOException if a file cannot be read
   * @throws io.github.llavamed.error.LlavaMedException if a file is not what it should be
   */
  VqaDataset open(Path directory, String split) throws IOException;
}
