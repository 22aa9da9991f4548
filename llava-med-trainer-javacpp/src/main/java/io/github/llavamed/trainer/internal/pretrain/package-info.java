/** Training of a tower from nothing. */
@NullMarked
package io.github.llavamed.trainer.internal.pretrain;

import org.jspecify.annotations.NullMarked;
