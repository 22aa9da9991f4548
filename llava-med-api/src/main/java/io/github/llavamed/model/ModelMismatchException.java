package io.github.llavamed.model;

import io.github.llavamed.error.LlavaMedException;
import java.util.List;

/** Thrown when tensors or tokens of a checkpoint do not fit its configuration. */
public class ModelMismatchException extends LlavaMedException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 5;

  /** Creates the exception with a full message. */
  public ModelMismatchException(String message) {
    super(message);
  }

  /** Creates the exception for several problems, of which the first few are shown. */
  public static ModelMismatchException of(List<String> problems) {
    List<String> shown = problems.subList(0, Math.min(SHOWN, problems.size()));
    int more = problems.size() - shown.size();
    return new ModelMismatchException(
        String.join("; ", shown) + (more == 0 ? "" : "; and " + more + " more problems"));
  }
}
