/** Tests of the parts of the generation loop. */
@NullMarked
package io.github.llavamed.generation.internal;

import org.jspecify.annotations.NullMarked;
