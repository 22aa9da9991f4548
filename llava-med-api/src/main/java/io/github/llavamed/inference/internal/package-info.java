/** How backends are found: not API. */
@NullMarked
package io.github.llavamed.inference.internal;

import org.jspecify.annotations.NullMarked;
