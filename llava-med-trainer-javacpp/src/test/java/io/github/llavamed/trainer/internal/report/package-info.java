/** Tests of io.github.llavamed.trainer.internal.report. */
@NullMarked
package io.github.llavamed.trainer.internal.report;

import org.jspecify.annotations.NullMarked;
