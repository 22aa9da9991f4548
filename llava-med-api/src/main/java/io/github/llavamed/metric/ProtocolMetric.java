package io.github.llavamed.metric;

/**
 * One line of a protocol: a metric, the questions it is averaged over, and its names. Immutable.
 *
 * @param key the name in JSON reports, for example {@code bleu_1}
 * @param label the name in text tables, for example {@code bleu_score_1}
 * @param kind the questions that count: {@link AnswerKind#OPEN} or {@link AnswerKind#CLOSED}
 * @param metric the metric of one answer
 * @param whenEmpty what happens if no question counts
 */
public record ProtocolMetric(
    String key, String label, AnswerKind kind, Metric metric, EmptyGroup whenEmpty) {}
