/** Tests of io.github.llavamed.trainer.pretraining. */
@NullMarked
package io.github.llavamed.trainer.pretraining;

import org.jspecify.annotations.NullMarked;
