/** Tests of io.github.llavamed.trainer.internal.engine. */
@NullMarked
package io.github.llavamed.trainer.internal.engine;

import org.jspecify.annotations.NullMarked;
