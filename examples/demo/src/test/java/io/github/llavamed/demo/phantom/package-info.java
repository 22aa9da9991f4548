/** Tests of io.github.llavamed.demo.phantom. */
@NullMarked
package io.github.llavamed.demo.phantom;

import org.jspecify.annotations.NullMarked;
