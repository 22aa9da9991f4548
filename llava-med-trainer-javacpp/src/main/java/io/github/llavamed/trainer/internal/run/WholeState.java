package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * A checkpoint of whole tensors: one file or model with weights, one file with moments.
 *
 * @param weights the weights, in the peft library's names if they are low-rank additions
 * @param moments the optimiser's memory
 */
record WholeState(Checkpoint weights, Checkpoint moments) implements StoredState {
  @Override
  public Set<String> names() {
    return moments.tensors().keySet().stream()
        .filter(Part.EXP_AVG::isIn)
        .map(Part.EXP_AVG::nameIn)
        .collect(Collectors.toSet());
  }

  @Override
  public void read(Part part, String name, long first, Tensor target) {
    TensorTransfer.read(find(part, name), first, target);
  }

  private TensorData find(Part part, String name) {
    if (part != Part.WEIGHT) {
      return moments.tensor(part.of(name));
    }
    return weights.tensor(weights.tensors().containsKey(name) ? name : LoraPairs.toPeft(name));
  }

  @Override
  public void close() {
    weights.close();
    moments.close();
  }
}
