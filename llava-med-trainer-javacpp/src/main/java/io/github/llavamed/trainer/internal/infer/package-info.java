/** Inference on libtorch: the same model as training, with a cache. */
@NullMarked
package io.github.llavamed.trainer.internal.infer;

import org.jspecify.annotations.NullMarked;
