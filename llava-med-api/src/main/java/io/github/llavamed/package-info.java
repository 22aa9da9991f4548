/** Entry points of the library: load a model, ask it about images, look at what is available. */
@NullMarked
package io.github.llavamed;

import org.jspecify.annotations.NullMarked;
