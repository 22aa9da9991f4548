/**
 * Metrics of one answer: those of the original with their oddities, and strict ones.
 *
 * <p>All are found by their id through {@link io.github.llavamed.eval.EvaluationCatalog}, or made
 * directly:
 *
 * <pre>{@code
 * double recall =
 *     new TokenOverlap.Recall().score(new AnswerPair("the right lung", "right lung")).getAsDouble();
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.metric;

import org.jspecify.annotations.NullMarked;
