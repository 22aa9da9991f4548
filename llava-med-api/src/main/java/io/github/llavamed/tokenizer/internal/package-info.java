/** How the tokenizers work inside: file readers, byte-pair merging, slow and fast rules. */
@NullMarked
package io.github.llavamed.tokenizer.internal;

import org.jspecify.annotations.NullMarked;
