/** The border to libtorch: loading it, scopes for its memory, tensors by name. */
@NullMarked
package io.github.llavamed.trainer.internal.torch;

import org.jspecify.annotations.NullMarked;
