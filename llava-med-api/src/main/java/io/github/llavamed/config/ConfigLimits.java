package io.github.llavamed.config;

/**
 * Bounds on configuration files, checked before anything is allocated from their values.
 *
 * <p>The defaults leave a wide margin over every published checkpoint of the three families.
 *
 * @param maxBytes largest configuration file in bytes
 * @param maxDepth deepest nesting of JSON objects and arrays
 * @param maxLayers largest number of decoder, tower or projector layers
 * @param maxWidth largest hidden size, intermediate size or number of heads
 * @param maxVocabulary largest number of embedding rows
 * @param maxImageSize largest image side in pixels
 */
public record ConfigLimits(
    int maxBytes, int maxDepth, int maxLayers, int maxWidth, int maxVocabulary, int maxImageSize) {
  private static final ConfigLimits DEFAULTS =
      new ConfigLimits(4 << 20, 32, 1024, 1 << 18, 1 << 23, 1 << 14);

  /** Checks that every bound is positive. */
  public ConfigLimits {
    if (maxBytes < 1
        || maxDepth < 1
        || maxLayers < 1
        || maxWidth < 1
        || maxVocabulary < 1
        || maxImageSize < 1) {
      throw new IllegalArgumentException("every limit must be at least 1");
    }
  }

  /** Returns 4 MiB, depth 32, 1024 layers, width 2¹⁸, 2²³ rows, 16384 pixels. */
  public static ConfigLimits defaults() {
    return DEFAULTS;
  }
}
