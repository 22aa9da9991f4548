package io.github.llavamed.trainer.internal.engine;

import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Gets the frozen tower's features of a batch: from the store, else by running the tower.
 *
 * <p>The tower sees one image at a time, so the features of an image do not depend on its
 * neighbours, and a run computes the same bits with and without a store. Confined to one thread.
 */
public final class TowerFeatures {
  private final LlavaForConditionalGeneration model;
  private final FeatureStore store;
  private long runs;

  /** Creates it for a model; new features go to the store. */
  public TowerFeatures(LlavaForConditionalGeneration model, FeatureStore store) {
    this.model = model;
    this.store = store;
  }

  /** Returns how many positions back a query of the decoder sees, or null for all. */
  @Nullable Integer slidingWindow() {
    return model.slidingWindow();
  }

  /** Returns how often the tower has run. */
  public long runs() {
    return runs;
  }

  /** Returns the features of all images, in the caller's scope, or null without. // [n * p, w] */
  @Nullable Tensor of(MicroBatch batch, Device device) {
    if (batch.spans().isEmpty()) {
      return null;
    }
    try (NoGradGuard guard = new NoGradGuard()) {
      return Scopes.inner(
          () -> {
            TensorVector all = new TensorVector();
            for (BatchImage image : batch.images()) {
              all.push_back(features(image, batch.imageSize(), device)); // [p, w]
            }
            return torch.cat(all, 0); // [n * p, w]
          });
    }
  }

  private Tensor features(BatchImage image, int size, Device device) {
    StoredFeatures known = image.known();
    if (known != null) {
      return TensorTransfer.ofBytes(
          known.bytes(), known.type(), device, known.rows(), known.width()); // [p, w]
    }
    float[] values = image.pixels();
    if (values == null) {
      throw new IllegalStateException("an image without pixels and features");
    }
    Tensor pixels =
        Tensor.create(values, 1, 3, size, size).to(device, ScalarType.Float); // [1, 3, size, size]
    Tensor made = model.imageFeatures(pixels).flatten(0, 1); // [p, w]
    runs++;
    if (image.key() != null && store != FeatureStore.NONE) {
      keep(image.key(), made);
    }
    return made;
  }

  private void keep(String key, Tensor made) {
    StoredFeatures features =
        new StoredFeatures(
            made.scalar_type().intern(),
            Math.toIntExact(made.size(0)),
            Math.toIntExact(made.size(1)),
            TensorTransfer.toBytes(made));
    store.put(key, features);
  }
}
