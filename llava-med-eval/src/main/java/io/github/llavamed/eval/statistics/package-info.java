/**
 * Confidence intervals and significance tests over scored answers.
 *
 * <p>{@link io.github.llavamed.eval.statistics.Comparison} compares two models on one data set,
 * {@link io.github.llavamed.eval.statistics.Bootstrap} gives intervals of one:
 *
 * <pre>{@code
 * List<Comparison> rows = Comparison.of(first, second, BootstrapConfig.DEFAULT);
 * ConfidenceInterval interval = Bootstrap.mean(values, BootstrapConfig.DEFAULT);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.statistics;

import org.jspecify.annotations.NullMarked;
