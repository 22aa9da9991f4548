/**
 * Verdicts of chat models: requests, replies, scores read from them, summaries.
 *
 * <p>{@link io.github.llavamed.eval.judge.ChatSummary} summarises the chat benchmark, {@link
 * io.github.llavamed.eval.judge.ReviewSummary} pairwise reviews, {@link
 * io.github.llavamed.eval.judge.ReviewScores} reads two numbers from a review:
 *
 * <pre>{@code
 * ChatSummary summary =
 *     ChatSummary.of(
 *         ChatVerdict.read(Path.of("scores.jsonl"), ChatSummary.Version.V1_5, options),
 *         ChatSummary.Version.V1_5);
 * String text = summary.text();
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.judge;

import org.jspecify.annotations.NullMarked;
