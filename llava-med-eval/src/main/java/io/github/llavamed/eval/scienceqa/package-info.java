/**
 * ScienceQA accuracy: of one model, combined with GPT-4, and with a re-queried judge.
 *
 * <pre>{@code
 * ScienceQa questions = ScienceQa.read(Path.of("scienceqa"), "test", options);
 * ScienceQaScore score =
 *     ScienceQaScore.of(questions, questions.answers(Path.of("answers.jsonl")), letters);
 * String text = score.text();
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.scienceqa;

import org.jspecify.annotations.NullMarked;
