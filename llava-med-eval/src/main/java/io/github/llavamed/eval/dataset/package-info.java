/**
 * Readers of the original's data files: medical VQA questions, answers, candidate answers.
 *
 * <p>{@link io.github.llavamed.eval.dataset.MedicalVqaDataset} reads {@code test.json}, {@link
 * io.github.llavamed.eval.dataset.AnswerFile} the answers of a model, {@link
 * io.github.llavamed.eval.dataset.CandidateFile} the answers of the training split; {@link
 * io.github.llavamed.eval.dataset.DatasetSource} makes such files of published data sets, {@link
 * io.github.llavamed.eval.dataset.QuestionAttributes} takes further fields from those:
 *
 * <pre>{@code
 * VqaDataset data = MedicalVqaDataset.read(Path.of("data_RAD/test.json"), options);
 * AnswerFile answers = AnswerFile.read(Path.of("test-answer-file.jsonl"), options);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.dataset;

import org.jspecify.annotations.NullMarked;
