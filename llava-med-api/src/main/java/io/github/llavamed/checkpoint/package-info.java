/** Files to named tensors: safetensors and torch containers, read without trusting them. */
@NullMarked
package io.github.llavamed.checkpoint;

import org.jspecify.annotations.NullMarked;
