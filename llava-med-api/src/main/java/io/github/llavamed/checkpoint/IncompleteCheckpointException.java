package io.github.llavamed.checkpoint;

import io.github.llavamed.error.LlavaMedException;
import java.util.List;

/** Thrown when a checkpoint lacks tensors that a model needs, or holds some that nothing uses. */
public class IncompleteCheckpointException extends LlavaMedException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 10;

  private final transient List<String> missing;
  private final transient List<String> unused;

  /** Creates the exception; the message shows the first names of each kind. */
  public IncompleteCheckpointException(List<String> missing, List<String> unused) {
    super(
        "checkpoint and model do not fit: expected each tensor to be used or ignored by a rule, "
            + "found "
            + describe("missing", missing)
            + " and "
            + describe("unused", unused)
            + "; check that the configuration belongs to these weights");
    this.missing = List.copyOf(missing);
    this.unused = List.copyOf(unused);
  }

  /** Returns the names of tensors that the model needs and the files lack. */
  public List<String> missing() {
    return missing;
  }

  /** Returns the names of tensors that the files hold and the model does not know. */
  public List<String> unused() {
    return unused;
  }

  private static String describe(String kind, List<String> names) {
    if (names.isEmpty()) {
      return "none " + kind;
    }
    String more = names.size() > SHOWN ? ", ..." : "";
    return names.size()
        + " "
        + kind
        + " ("
        + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
        + more
        + ")";
  }
}
