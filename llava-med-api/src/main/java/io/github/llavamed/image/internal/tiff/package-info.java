/** TIFF: directory, compressed strips and tiles, samples to RGB. */
@NullMarked
package io.github.llavamed.image.internal.tiff;

import org.jspecify.annotations.NullMarked;
