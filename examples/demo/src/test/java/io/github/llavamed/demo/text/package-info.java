/** Tests of io.github.llavamed.demo.text. */
@NullMarked
package io.github.llavamed.demo.text;

import org.jspecify.annotations.NullMarked;
