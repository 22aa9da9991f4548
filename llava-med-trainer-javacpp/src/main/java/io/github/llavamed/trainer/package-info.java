/** Training on libtorch. */
@NullMarked
package io.github.llavamed.trainer;

import org.jspecify.annotations.NullMarked;
