/** Tests of io.github.llavamed.trainer.internal.nn. */
@NullMarked
package io.github.llavamed.trainer.internal.nn;

import org.jspecify.annotations.NullMarked;
