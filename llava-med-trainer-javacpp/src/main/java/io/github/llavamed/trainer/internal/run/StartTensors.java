package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Puts stored tensors into a run's store, in the types that the run needs.
 *
 * @param training the settings
 * @param params the store, which stays the caller's
 * @param trained what is trained apart from low-rank additions
 * @param names the names in the start's files
 */
record StartTensors(
    TrainingConfig training, ParamStore params, Set<String> trained, DiskNames names) {

  /**
   * Loads a tensor of decoder or projector.
   *
   * @throws ModelMismatchException if it has another shape
   */
  void load(String name, TensorData data, long[] shape) {
    checkShape(data.info(), shape);
    params.put(name, TensorTransfer.load(data, params.device(), typeOf(name, shape.length)));
  }

  /**
   * Products in bfloat16 cast their weights on each use; one that never changes can be cast once,
   * to the same bits, in half the memory. Not if the whole model is written in the end.
   */
  private ScalarType typeOf(String name, int rank) {
    boolean castOnUse = rank == 2 && !name.equals(LlavaForConditionalGeneration.EMBED_TOKENS);
    return training.precision() == Precision.BF16
            && RunCheckpoints.writesTrainedOnly(training, trained)
            && castOnUse
            && !trained.contains(name)
        ? ScalarType.BFloat16
        : ScalarType.Float;
  }

  /** Loads a tensor of the tower, rounded to float16 first where the original does. */
  void tower(String name, TensorData data) {
    ScalarType type =
        training.precision() == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
    try (Tensor read =
        TensorTransfer.load(
            data, params.device(), training.quirks().float16Tower() ? ScalarType.Half : type)) {
      params.put(name, TensorTransfer.cast(read, type));
    }
  }

  /** Makes low-rank additions, replaces tensors and chooses what is trained, as settings say. */
  void finish() throws IOException {
    Set<String> trainable =
        training.loraRank() > 0 ? Set.copyOf(LoraPairs.addTo(params, training)) : trained;
    if (training.initialTensors() != null) {
      replace(training.initialTensors());
    }
    params.setTrainable(trainable);
  }

  private void replace(Path file) throws IOException {
    try (Checkpoint files = Checkpoint.open(file)) {
      for (TensorInfo info : files.tensors().values()) {
        String name = names.toCanonical(LoraPairs.fromPeft(info.name()));
        if (StartModel.isTower(name) || !params.contains(name)) {
          throw new UnsupportedModelException(
              "%s: tensor '%s' is not one of the model's".formatted(file, info.name()));
        }
        checkShape(info, TensorTransfer.sizes(params.get(name)));
        params.put(
            name,
            TensorTransfer.load(files.tensor(info.name()), params.device(), ScalarType.Float));
      }
    }
  }

  private static void checkShape(TensorInfo info, long[] shape) {
    if (!Arrays.equals(info.shape().toArray(), shape)) {
      throw new ModelMismatchException(
          "tensor '%s' in %s: expected shape %s by config.json and tokenizer, found %s"
              .formatted(info.name(), info.file(), Arrays.toString(shape), info.shape()));
    }
  }
}
