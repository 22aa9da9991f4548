/** Bytes to pixel values, to the bit as the original image processors do it. */
@NullMarked
package io.github.llavamed.image;

import org.jspecify.annotations.NullMarked;
