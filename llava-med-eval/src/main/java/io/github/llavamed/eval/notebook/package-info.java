/**
 * The computations of the original's notebooks: report rows, data-set counts, instruction
 * statistics, chart data.
 *
 * <pre>{@code
 * List<RunMetrics> runs = RunMetrics.read(Path.of("eval_results_med_datasets.jsonl"), "pvqa", options);
 * String rows = ReportRows.text(List.of("zero-shot-on-fixed-data/*-9epoch"), List.of(runs));
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.notebook;

import org.jspecify.annotations.NullMarked;
