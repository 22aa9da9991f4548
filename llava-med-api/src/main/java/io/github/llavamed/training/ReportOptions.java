package io.github.llavamed.training;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a run writes beside its result. Immutable.
 *
 * <p>{@code metrics.jsonl} and, in the end, {@code loss_curve.png} in the output directory are
 * always written.
 *
 * @param tensorBoard whether event files of TensorBoard are written
 * @param loggingDir where, or null for {@code runs} in the output directory
 */
public record ReportOptions(boolean tensorBoard, @Nullable Path loggingDir) {
  /** No event files. */
  public static final ReportOptions DEFAULTS = new ReportOptions(false, null);

  /** Returns these options with or without event files. */
  public ReportOptions withTensorBoard(boolean value) {
    return new ReportOptions(value, loggingDir);
  }

  /** Returns these options with another directory of event files. */
  public ReportOptions withLoggingDir(@Nullable Path value) {
    return new ReportOptions(tensorBoard, value);
  }
}
