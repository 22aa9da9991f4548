package io.github.llavamed.config;

import io.github.llavamed.config.internal.ConfigReaders;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads {@code config.json} of the three families into one {@link LlavaConfig}.
 *
 * <p>The family is decided by {@code model_type}, {@code architectures} and {@code text_config},
 * never by the name of the directory. Every value is checked: unknown enumeration values,
 * contradictions and absent required keys are errors that name file, key, value and what would be
 * right. The configuration of the vision tower is read from the tower's own directory; when the
 * configuration names a published tower that is not on disk, its known sizes are used. Stateless
 * and safe for concurrent use.
 */
public final class LlavaConfigReader {
  private LlavaConfigReader() {}

  /**
   * Reads a configuration with the default options.
   *
   * @param directoryOrFile a checkpoint directory, or its {@code config.json}
   * @throws IOException if a file cannot be read
   * @throws MalformedConfigException if a file is not a JSON object
   * @throws UnsupportedModelException if a value is not supported
   */
  public static LlavaConfig read(Path directoryOrFile) throws IOException {
    return read(directoryOrFile, ConfigOptions.defaults()).config();
  }

  /**
   * Reads a configuration and reports what was noticed.
   *
   * @param directoryOrFile a checkpoint directory, or its {@code config.json}
   * @throws IOException if a file cannot be read
   * @throws MalformedConfigException if a file is not a JSON object
   * @throws UnsupportedModelException if a value is not supported
   */
  public static ConfigReport read(Path directoryOrFile, ConfigOptions options) throws IOException {
    return ConfigReaders.read(directoryOrFile, options);
  }

  /**
   * Reads only which family a configuration belongs to.
   *
   * @param directoryOrFile a checkpoint directory, or its {@code config.json}
   * @throws IOException if the file cannot be read
   * @throws MalformedConfigException if the file is not a JSON object
   * @throws UnsupportedModelException if it belongs to none
   */
  public static ModelFamily family(Path directoryOrFile, ConfigOptions options) throws IOException {
    return ConfigReaders.family(directoryOrFile, options);
  }
}
