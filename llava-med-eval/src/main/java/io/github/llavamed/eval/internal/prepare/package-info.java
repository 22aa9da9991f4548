/** Conversion of public data sets into the original's question files. */
@NullMarked
package io.github.llavamed.eval.internal.prepare;

import org.jspecify.annotations.NullMarked;
