/** Tests of io.github.llavamed.trainer.data. */
@NullMarked
package io.github.llavamed.trainer.data;

import org.jspecify.annotations.NullMarked;
