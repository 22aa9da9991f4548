/** The service provider interface that inference backends implement. */
@NullMarked
package io.github.llavamed.inference;

import org.jspecify.annotations.NullMarked;
