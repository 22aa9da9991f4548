/** Tests of io.github.llavamed.trainer.internal.optim. */
@NullMarked
package io.github.llavamed.trainer.internal.optim;

import org.jspecify.annotations.NullMarked;
