/** Tests of prompts and batches. */
@NullMarked
package io.github.llavamed.prompt;

import org.jspecify.annotations.NullMarked;
