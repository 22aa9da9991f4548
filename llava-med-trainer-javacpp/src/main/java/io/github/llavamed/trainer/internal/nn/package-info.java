/** The model on libtorch tensors, one small class per part, in the order of the forward pass. */
@NullMarked
package io.github.llavamed.trainer.internal.nn;

import org.jspecify.annotations.NullMarked;
