/** WebP: container, the lossy codec VP8, and the lossless one through a library. */
@NullMarked
package io.github.llavamed.image.internal.webp;

import org.jspecify.annotations.NullMarked;
