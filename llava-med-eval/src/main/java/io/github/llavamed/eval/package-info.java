/** Data sets, metrics, answer generation, judges and reports. */
@NullMarked
package io.github.llavamed.eval;

import org.jspecify.annotations.NullMarked;
