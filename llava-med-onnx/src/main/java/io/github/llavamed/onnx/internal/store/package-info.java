/** Exports on disk: manifests, checks, locks and places. */
@NullMarked
package io.github.llavamed.onnx.internal.store;

import org.jspecify.annotations.NullMarked;
