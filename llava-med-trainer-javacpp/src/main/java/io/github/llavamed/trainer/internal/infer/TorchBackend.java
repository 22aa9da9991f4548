package io.github.llavamed.trainer.internal.infer;

import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendRuntime;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.ForwardTrace.Matrix;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A model on libtorch. Safe for concurrent use. */
public final class TorchBackend implements InferenceBackend {
  private final String id;
  private final Precision precision;
  private final TorchModel model;
  private final OpenGuard guard;

  private TorchBackend(String id, Precision precision, TorchModel model) {
    this.id = id;
    this.precision = precision;
    this.model = model;
    this.guard = new OpenGuard("backend '" + id + "'");
  }

  /** Loads a model's weights to a device; the caller closes the result. */
  public static TorchBackend open(
      String id, ModelArtifacts artifacts, Precision precision, String device) {
    return new TorchBackend(id, precision, TorchModel.load(artifacts, precision, device));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public Optional<BackendRuntime> runtime() {
    return Optional.of(new BackendRuntime("libtorch", LibTorch.version()));
  }

  /** What the tower and the projector make of an image. */
  private record Encoded(Matrix selected, ImageFeatures projected) {}

  @Override
  public ImageFeatures encode(PixelValues pixelValues) {
    return guard.whileOpen(() -> encoded(pixelValues).projected());
  }

  private Encoded encoded(PixelValues image) {
    int size = model.config().visionTower().imageSize();
    if (image.channels() != 3 || image.height() != size || image.width() != size) {
      throw new IllegalArgumentException(
          "image: expected 3 x %d x %d, found %d x %d x %d"
              .formatted(size, size, image.channels(), image.height(), image.width()));
    }
    Encoded[] result = new Encoded[1];
    Scopes.runNoGrad(
        () -> {
          Tensor pixels =
              Tensor.create(image.values(), 1, 3, size, size)
                  .to(model.params().device(), ScalarType.Float); // [1, 3, size, size]
          Tensor selected = model.net().imageFeatures(pixels).squeeze(0); // [p, w]
          Tensor projected = model.net().project(selected); // [p, c]
          Matrix rows = matrix(projected);
          result[0] =
              new Encoded(
                  matrix(selected), new ImageFeatures(rows.values(), rows.rows(), rows.columns()));
        });
    return result[0];
  }

  private static Matrix matrix(Tensor tensor) {
    return new Matrix(
        TensorTransfer.toFloats(tensor),
        Math.toIntExact(tensor.size(0)),
        Math.toIntExact(tensor.size(1)));
  }

  @Override
  public DecoderSession openSession(int capacity) {
    return guard.whileOpen(() -> session(capacity));
  }

  private TorchSession session(int capacity) {
    int limit = model.config().languageModel().maxPositionEmbeddings();
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity: expected at least 1, found " + capacity);
    }
    if (capacity > limit) {
      throw new ContextLengthExceededException(
          "%d positions asked for, the decoder was made for %d".formatted(capacity, limit));
    }
    return new TorchSession(model, guard, capacity);
  }

  @Override
  public ForwardTrace trace(List<PixelValues> images, List<InputSegment> segments) {
    return guard.whileOpen(
        () -> {
          List<Matrix> selected = new ArrayList<>();
          List<Matrix> projected = new ArrayList<>();
          List<ImageFeatures> features = new ArrayList<>();
          for (PixelValues image : images) {
            Encoded encoded = encoded(image);
            ImageFeatures rows = encoded.projected();
            selected.add(encoded.selected());
            projected.add(new Matrix(rows.values(), rows.rows(), rows.hiddenSize()));
            features.add(rows);
          }
          int length = model.check(segments, features);
          Matrix[] stages = new Matrix[2];
          try (TorchSession session = session(length)) {
            Scopes.runNoGrad(
                () -> {
                  Tensor embedded = model.embed(segments, features); // [1, s, c]
                  float[] logits = session.logits(session.forward(embedded, length));
                  stages[0] = matrix(embedded.squeeze(0));
                  stages[1] = new Matrix(logits, length, model.vocabSize());
                });
          }
          return new ForwardTrace(selected, projected, stages[0], stages[1]);
        });
  }

  /** Waits for running calls, then frees the weights. Sessions still open can only be closed. */
  @Override
  public void close() {
    guard.close(model::close);
  }
}
