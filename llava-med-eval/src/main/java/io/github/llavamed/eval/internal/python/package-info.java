/** Text, numbers and JSON exactly as Python reads and writes them. */
@NullMarked
package io.github.llavamed.eval.internal.python;

import org.jspecify.annotations.NullMarked;
