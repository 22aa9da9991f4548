/** Tests of io.github.llavamed.training. */
@NullMarked
package io.github.llavamed.training;

import org.jspecify.annotations.NullMarked;
