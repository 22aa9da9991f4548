/** JPEG: the segments checked here, the samples decoded by the JDK, the colours converted here. */
@NullMarked
package io.github.llavamed.image.internal.jpeg;

import org.jspecify.annotations.NullMarked;
