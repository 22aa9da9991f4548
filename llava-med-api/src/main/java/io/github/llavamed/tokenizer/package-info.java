/** Text to ids and back, to the id as the original tokenizers do it. */
@NullMarked
package io.github.llavamed.tokenizer;

import org.jspecify.annotations.NullMarked;
