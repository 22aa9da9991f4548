/** Instruction data: samples to ids, labels and images, as the original's data set does. */
@NullMarked
package io.github.llavamed.trainer.data;

import org.jspecify.annotations.NullMarked;
