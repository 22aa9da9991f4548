/**
 * Cutting work into chunks, naming their answers files, and merging them.
 *
 * <pre>{@code
 * List<Question> mine = Chunks.chunk(questions, 4, 0);
 * ChunkedAnswers files = ChunkedAnswers.of(Path.of("res/test-answer-file.jsonl"), 4);
 * files.merge();
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.batch;

import org.jspecify.annotations.NullMarked;
