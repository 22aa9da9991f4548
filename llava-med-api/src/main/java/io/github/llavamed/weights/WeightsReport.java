package io.github.llavamed.weights;

import java.nio.file.Path;
import java.util.List;

/**
 * What a weight tool wrote. Immutable.
 *
 * @param output the directory or file
 * @param tensors every tensor of the output, in the order in which they were written
 * @param copiedFiles names of the tokenizer and other files that were taken over
 * @param notes what else is worth knowing, one sentence each: what was left out, upgraded, absent
 * @param verified whether the tensors were read again and their checksums compared
 */
public record WeightsReport(
    Path output,
    List<TensorOutcome> tensors,
    List<String> copiedFiles,
    List<String> notes,
    boolean verified) {
  /** Copies the lists. */
  public WeightsReport {
    tensors = List.copyOf(tensors);
    copiedFiles = List.copyOf(copiedFiles);
    notes = List.copyOf(notes);
  }

  /** Returns the bytes of all tensors. */
  public long byteSize() {
    return tensors.stream().mapToLong(TensorOutcome::byteSize).sum();
  }

  /** Returns the tensors for which something was done. */
  public List<TensorOutcome> tensors(TensorAction action) {
    return tensors.stream().filter(tensor -> tensor.action() == action).toList();
  }

  /** Returns the tensors that hold elements which are not finite. */
  public List<TensorOutcome> notFinite() {
    return tensors.stream().filter(tensor -> !tensor.isFinite()).toList();
  }
}
