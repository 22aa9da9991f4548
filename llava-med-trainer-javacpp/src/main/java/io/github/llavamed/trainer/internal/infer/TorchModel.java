package io.github.llavamed.trainer.internal.infer;

import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.ModelContext;
import io.github.llavamed.trainer.internal.nn.VisionTower;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model's weights on a device, and prompts as its input. Owns the weights.
 *
 * @param config the configuration
 * @param params the weights
 * @param net the model over them
 * @param type what weights and products are
 */
record TorchModel(
    LlavaConfig config, ParamStore params, LlavaForConditionalGeneration net, ScalarType type)
    implements AutoCloseable {
  static TorchModel load(ModelArtifacts model, Precision precision, String device) {
    ScalarType type = precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
    ParamStore params = new ParamStore(device);
    try {
      for (TensorInfo info : model.weights().tensors().values()) {
        params.put(
            info.name(),
            TensorTransfer.load(model.weights().tensor(info.name()), params.device(), type));
      }
      LlavaConfig config = model.config();
      ModelContext context = ModelContext.of(params, type);
      LlavaForConditionalGeneration net =
          new LlavaForConditionalGeneration(
              context,
              config.languageModel(),
              new VisionTower(context, config.visionTower(), config.featureSelection()),
              config.projector());
      return new TorchModel(config, params, net, type);
    } catch (RuntimeException e) {
      params.close();
      throw e;
    }
  }

  /** Returns the number of ids, which is the number of logits. */
  int vocabSize() {
    return Math.toIntExact(params.get(LlavaForConditionalGeneration.EMBED_TOKENS).size(0));
  }

  /**
   * Returns the positions of segments.
   *
   * @throws IllegalArgumentException if there are none, or one names what there is not
   */
  int check(List<InputSegment> segments, List<ImageFeatures> images) {
    int length = 0;
    for (InputSegment segment : segments) {
      if (segment instanceof TokenSegment tokens) {
        checkIds(tokens.ids());
      } else if (segment instanceof ImageSegment image) {
        checkImage(image, images);
      }
      length = Math.addExact(length, segment.length());
    }
    if (length == 0) {
      throw new IllegalArgumentException("segments: expected at least one position, found none");
    }
    return length;
  }

  private void checkIds(int[] ids) {
    int vocabSize = vocabSize();
    for (int id : ids) {
      if (id < 0 || id >= vocabSize) {
        throw new IllegalArgumentException(
            "token id: expected 0 to %d, found %d".formatted(vocabSize - 1, id));
      }
    }
  }

  private void checkImage(ImageSegment segment, List<ImageFeatures> images) {
    int index = segment.imageIndex();
    if (index < 0 || index >= images.size()) {
      throw new IllegalArgumentException(
          "image segment: expected an image from 0 to %d, found %d"
              .formatted(images.size() - 1, index));
    }
    ImageFeatures features = images.get(index);
    if (features.hiddenSize() != config.languageModel().hiddenSize()) {
      throw new IllegalArgumentException(
          "image features: expected %d columns, found %d"
              .formatted(config.languageModel().hiddenSize(), features.hiddenSize()));
    }
    if (segment.firstRow() < 0
        || segment.length() < 0
        || segment.firstRow() > features.rows() - segment.length()) {
      throw new IllegalArgumentException(
          "image segment: expected rows within %d, found %d from %d on"
              .formatted(features.rows(), segment.length(), segment.firstRow()));
    }
  }

  /** Returns the embeddings of checked segments. // [1, s, c] */
  Tensor embed(List<InputSegment> segments, List<ImageFeatures> images) {
    TensorVector parts = new TensorVector();
    for (InputSegment segment : segments) {
      if (segment.length() == 0) {
        continue;
      }
      if (segment instanceof TokenSegment tokens) {
        long[] ids = Arrays.stream(tokens.ids()).asLongStream().toArray();
        Tensor placed = Tensor.create(ids, 1, ids.length).to(params.device(), ScalarType.Long);
        parts.push_back(net.embed(placed, -1)); // [1, n, c]
      } else if (segment instanceof ImageSegment image) {
        ImageFeatures features = images.get(image.imageIndex());
        int width = features.hiddenSize();
        float[] rows =
            Arrays.copyOfRange(
                features.values(),
                image.firstRow() * width,
                (image.firstRow() + image.length()) * width);
        parts.push_back(
            Tensor.create(rows, 1, image.length(), width).to(params.device(), type)); // [1, n, c]
      }
    }
    return torch.cat(parts, 1); // [1, s, c]
  }

  @Override
  public void close() {
    params.close();
  }
}
