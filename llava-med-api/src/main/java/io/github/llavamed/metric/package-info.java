/**
 * What a score is: metrics of one answer, protocols that combine them, reports, and chat judges.
 *
 * <p>A {@link io.github.llavamed.metric.Metric} rates one answer; a {@link
 * io.github.llavamed.metric.ScoringProtocol} names which metrics count for which questions; a
 * {@link io.github.llavamed.metric.ScoreReport} holds the figures and where they come from. Metrics
 * and protocols are found by {@link java.util.ServiceLoader}:
 *
 * <pre>{@code
 * public final class AnswerLength implements Metric {
 *   public String id() { return "answer-length"; }
 *   public OptionalDouble score(AnswerPair pair) {
 *     return OptionalDouble.of(pair.prediction().length());
 *   }
 * }
 * }</pre>
 */
@NullMarked
package io.github.llavamed.metric;

import org.jspecify.annotations.NullMarked;
