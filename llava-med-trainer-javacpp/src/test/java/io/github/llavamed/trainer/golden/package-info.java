/** The trainer against values of the original program. */
@NullMarked
package io.github.llavamed.trainer.golden;

import org.jspecify.annotations.NullMarked;
