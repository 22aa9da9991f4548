/** Decoders of the image formats and the kernels that resize, pad and crop. */
@NullMarked
package io.github.llavamed.image.internal;

import org.jspecify.annotations.NullMarked;
