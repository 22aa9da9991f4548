package io.github.llavamed.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A configuration and what was noticed while reading it.
 *
 * @param config the configuration, checked
 * @param file the file it was read from
 * @param tower where the configured (or given) tower lies
 * @param unknownKeys keys that this library does not know, dotted ({@code text_config.x}), sorted
 * @param notes repairs made in memory and values that are accepted without effect, one line each
 */
public record ConfigReport(
    LlavaConfig config,
    Path file,
    TowerLocation tower,
    List<String> unknownKeys,
    List<String> notes) {
  /** Copies the lists. */
  public ConfigReport {
    unknownKeys = List.copyOf(unknownKeys);
    notes = List.copyOf(notes);
  }
}
