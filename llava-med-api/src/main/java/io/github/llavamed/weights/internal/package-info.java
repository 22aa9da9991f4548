/** What the weight tools are made of: recipes of tensors, float16 arithmetic, output staging. */
@NullMarked
package io.github.llavamed.weights.internal;

import org.jspecify.annotations.NullMarked;
