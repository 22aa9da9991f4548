/** Parts of the generation loop: not API. */
@NullMarked
package io.github.llavamed.generation.internal;

import org.jspecify.annotations.NullMarked;
