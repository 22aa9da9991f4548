/**
 * The evaluation programs of the original and the texts they print.
 *
 * <p>{@link io.github.llavamed.eval.report.RunEval} scores one file, {@link
 * io.github.llavamed.eval.report.RunEvalBatch} all files below a folder, {@link
 * io.github.llavamed.eval.report.ReportText} prints a report, {@link
 * io.github.llavamed.eval.report.RunReport} makes a page of it:
 *
 * <pre>{@code
 * new RunEval(ScoringProtocols.llavaMedRunEval(EvaluationQuirks.ORIGINAL), EvaluationOptions.DEFAULT)
 *     .run(new RunEval.Arguments("ds/test.json", "ds/candidate.json", "pred.jsonl"), table);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.report;

import org.jspecify.annotations.NullMarked;
