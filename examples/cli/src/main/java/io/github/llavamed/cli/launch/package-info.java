/** Several processes of this program on one machine that train together. */
@NullMarked
package io.github.llavamed.cli.launch;

import org.jspecify.annotations.NullMarked;
