/** How the entry points tie the other packages together: not API. */
@NullMarked
package io.github.llavamed.internal;

import org.jspecify.annotations.NullMarked;
