/** One micro-batch forward and backward, stage by stage. */
@NullMarked
package io.github.llavamed.trainer.internal.engine;

import org.jspecify.annotations.NullMarked;
