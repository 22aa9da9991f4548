/**
 * The three on-disk configurations, read into one {@link io.github.llavamed.config.LlavaConfig}.
 *
 * <p>{@link io.github.llavamed.config.LlavaConfigReader} reads and checks, {@link
 * io.github.llavamed.config.ConfigReport} says what was noticed:
 *
 * <pre>{@code
 * ConfigReport report = LlavaConfigReader.read(directory, ConfigOptions.defaults());
 * LlavaConfig config = report.config();
 * int rows = config.imageFeatureCount(); // rows that one image becomes
 * report.unknownKeys().forEach(key -> log.info("ignored key {}", key));
 * }</pre>
 */
@NullMarked
package io.github.llavamed.config;

import org.jspecify.annotations.NullMarked;
