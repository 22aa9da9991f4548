/** What a run writes for people: figures of each step, event files, the loss curve. */
@NullMarked
package io.github.llavamed.trainer.internal.report;

import org.jspecify.annotations.NullMarked;
