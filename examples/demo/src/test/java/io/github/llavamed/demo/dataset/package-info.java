/** Tests of io.github.llavamed.demo.dataset. */
@NullMarked
package io.github.llavamed.demo.dataset;

import org.jspecify.annotations.NullMarked;
