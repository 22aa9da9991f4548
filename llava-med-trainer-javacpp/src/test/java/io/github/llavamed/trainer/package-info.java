/** Tests of the trainer. */
@NullMarked
package io.github.llavamed.trainer;

import org.jspecify.annotations.NullMarked;
