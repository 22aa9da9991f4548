/** Tests of io.github.llavamed.demo.vocabulary. */
@NullMarked
package io.github.llavamed.demo.vocabulary;

import org.jspecify.annotations.NullMarked;
