/** Tests of the whole demo. */
@NullMarked
package io.github.llavamed.demo;

import org.jspecify.annotations.NullMarked;
