/** Tests of io.github.llavamed.demo.training. */
@NullMarked
package io.github.llavamed.demo.training;

import org.jspecify.annotations.NullMarked;
