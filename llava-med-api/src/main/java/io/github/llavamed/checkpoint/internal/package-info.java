/**
 * The parts that read and write checkpoint files: mapped bytes, JSON headers, zip directories,
 * pickles without execution, number formats. Not API.
 */
@NullMarked
package io.github.llavamed.checkpoint.internal;

import org.jspecify.annotations.NullMarked;
