/** The command line: every command is a thin layer over public API. */
@NullMarked
package io.github.llavamed.cli;

import org.jspecify.annotations.NullMarked;
