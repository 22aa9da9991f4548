/** Pages about evaluations: their parts, and how they become Markdown and HTML. */
@NullMarked
package io.github.llavamed.eval.internal.page;

import org.jspecify.annotations.NullMarked;
