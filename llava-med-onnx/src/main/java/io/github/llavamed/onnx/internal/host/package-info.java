/** What the machine can do: its processor and its memory. */
@NullMarked
package io.github.llavamed.onnx.internal.host;

import org.jspecify.annotations.NullMarked;
