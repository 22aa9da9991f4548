/** Word tables and tokenisation behind the metrics. */
@NullMarked
package io.github.llavamed.eval.internal.text;

import org.jspecify.annotations.NullMarked;
