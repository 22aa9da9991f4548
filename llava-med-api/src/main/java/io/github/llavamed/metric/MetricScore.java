package io.github.llavamed.metric;

import org.jspecify.annotations.Nullable;

/**
 * The mean of one metric over the questions that count. Immutable.
 *
 * @param key the name in JSON reports
 * @param label the name in text tables
 * @param percent mean × 100, unrounded
 * @param count number of questions that count
 * @param interval confidence interval in percent, or null if none was computed
 */
public record MetricScore(
    String key, String label, double percent, int count, @Nullable ConfidenceInterval interval) {}
