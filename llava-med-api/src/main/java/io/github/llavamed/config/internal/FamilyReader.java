package io.github.llavamed.config.internal;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.TowerLocation;
import java.io.IOException;

/** One family's way from {@code config.json} to a {@link LlavaConfig}. */
interface FamilyReader {
  /** A configuration and where its tower lies. */
  record Result(LlavaConfig config, TowerLocation tower) {}

  /** Reads the configuration; each value is checked, nothing is checked against another yet. */
  Result read(ConfigContext context) throws IOException;
}
