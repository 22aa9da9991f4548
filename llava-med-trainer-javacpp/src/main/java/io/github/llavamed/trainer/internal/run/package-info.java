/** A training run: start-up, loop, checkpoints. */
@NullMarked
package io.github.llavamed.trainer.internal.run;

import org.jspecify.annotations.NullMarked;
