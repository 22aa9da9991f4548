/**
 * The root of the library's unchecked exceptions; each child lives beside the code that throws it.
 */
@NullMarked
package io.github.llavamed.error;

import org.jspecify.annotations.NullMarked;
