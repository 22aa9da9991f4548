/** Tests of generation and stopping. */
@NullMarked
package io.github.llavamed.generation;

import org.jspecify.annotations.NullMarked;
