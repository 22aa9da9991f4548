/**
 * Measures how fast a model runs here: random checkpoints of true shape, timings, and the machine's
 * own limits to compare with.
 */
@NullMarked
package io.github.llavamed.cli.bench;

import org.jspecify.annotations.NullMarked;
