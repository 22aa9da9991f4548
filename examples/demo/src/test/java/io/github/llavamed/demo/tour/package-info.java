/** Tests of io.github.llavamed.demo.tour. */
@NullMarked
package io.github.llavamed.demo.tour;

import org.jspecify.annotations.NullMarked;
