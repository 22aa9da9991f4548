/** The data files of the original as JSON trees. */
@NullMarked
package io.github.llavamed.eval.internal.data;

import org.jspecify.annotations.NullMarked;
