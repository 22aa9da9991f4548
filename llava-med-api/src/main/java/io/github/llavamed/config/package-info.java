/**
 * The three on-disk configurations, read into one {@link io.github.llavamed.config.LlavaConfig}.
 */
@NullMarked
package io.github.llavamed.config;

import org.jspecify.annotations.NullMarked;
