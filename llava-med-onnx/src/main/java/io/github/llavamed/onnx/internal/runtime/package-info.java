/** Runs exported graphs: sessions, key/value caches, embeddings. */
@NullMarked
package io.github.llavamed.onnx.internal.runtime;

import org.jspecify.annotations.NullMarked;
