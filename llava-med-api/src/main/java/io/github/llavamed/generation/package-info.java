/** Logits to next token to text: the generation loop and its parts. */
@NullMarked
package io.github.llavamed.generation;

import org.jspecify.annotations.NullMarked;
