/** The optimiser, its learning rate and the clipping of gradients. */
@NullMarked
package io.github.llavamed.trainer.internal.optim;

import org.jspecify.annotations.NullMarked;
