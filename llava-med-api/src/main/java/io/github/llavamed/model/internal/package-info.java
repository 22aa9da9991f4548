/** Naming strategies of the families and the assembly of weights under canonical names. */
@NullMarked
package io.github.llavamed.model.internal;

import org.jspecify.annotations.NullMarked;
