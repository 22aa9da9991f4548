/** The {@code libtorch} backend against values of the original programs. */
@NullMarked
package io.github.llavamed.trainer.golden;

import org.jspecify.annotations.NullMarked;
