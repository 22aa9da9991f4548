/**
 * Data sets, metrics, scoring protocols, statistics, judges and reports.
 *
 * <p>{@link io.github.llavamed.eval.Evaluation} scores an answers file under a named protocol:
 *
 * <pre>{@code
 * EvaluationCatalog catalog = EvaluationCatalog.load();
 * VqaDataset data = catalog.dataset("llava-med-vqa").open(Path.of("data_RAD"), "test");
 * ScoreReport report =
 *     Evaluation.of(catalog.protocol("llava-med-v1"))
 *         .score(data, AnswerFile.read(Path.of("answers.jsonl"), EvaluationOptions.DEFAULT));
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval;

import org.jspecify.annotations.NullMarked;
