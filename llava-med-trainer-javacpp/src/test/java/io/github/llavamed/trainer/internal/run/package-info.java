/** Tests of io.github.llavamed.trainer.internal.run. */
@NullMarked
package io.github.llavamed.trainer.internal.run;

import org.jspecify.annotations.NullMarked;
