/** Tests of io.github.llavamed.trainer.internal.torch. */
@NullMarked
package io.github.llavamed.trainer.internal.torch;

import org.jspecify.annotations.NullMarked;
