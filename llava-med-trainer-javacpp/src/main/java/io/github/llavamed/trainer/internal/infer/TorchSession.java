package io.github.llavamed.trainer.internal.infer;

import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.trainer.internal.nn.AttentionMask;
import io.github.llavamed.trainer.internal.nn.DecoderLayer;
import io.github.llavamed.trainer.internal.nn.KvCache;
import io.github.llavamed.trainer.internal.nn.RotaryEmbedding;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** One sequence: a cache per layer, which grows as it is filled. Confined to one thread. */
final class TorchSession implements DecoderSession {
  private final TorchModel model;
  private final OpenGuard guard;
  private final int capacity;
  private final List<KvCache> caches = new ArrayList<>();
  private int length;
  private boolean closed;

  TorchSession(TorchModel model, OpenGuard guard, int capacity) {
    this.model = model;
    this.guard = guard;
    this.capacity = capacity;
    model.net().layers().forEach(layer -> caches.add(new KvCache()));
  }

  @Override
  public int length() {
    requireOpen();
    return length;
  }

  @Override
  public int capacity() {
    requireOpen();
    return capacity;
  }

  @Override
  public float[] append(List<InputSegment> segments, List<ImageFeatures> images) {
    requireOpen();
    return guard.whileOpen(
        () -> {
          int count = model.check(segments, images);
          if (count > capacity - length) {
            throw new ContextLengthExceededException(
                "prompt of %d positions after %d filled ones: the session holds %d; shorten it or"
                        .formatted(count, length, capacity)
                    + " open a session of larger capacity");
          }
          float[][] logits = new float[1][];
          try {
            Scopes.runNoGrad(
                () -> {
                  Tensor hidden = forward(model.embed(segments, images), count); // [1, s, c]
                  Tensor last = hidden.narrow(1, count - 1L, 1); // [1, 1, c]
                  logits[0] = logits(last);
                });
          } catch (RuntimeException e) {
            forget(length); // as it was before
            throw e;
          }
          length += count;
          return logits[0];
        });
  }

  /** Runs new positions through all layers. // [1, s, c] */
  Tensor forward(Tensor embedded, int count) {
    RotaryEmbedding.Angles angles = model.net().angles(length, count);
    AttentionMask mask =
        AttentionMask.continuing(
            count,
            (long) length + count,
            model.config().languageModel().slidingWindow(),
            model.params().device());
    Tensor x = embedded; // [1, s, c]
    List<DecoderLayer> layers = model.net().layers();
    for (int i = 0; i < layers.size(); i++) {
      DecoderLayer layer = layers.get(i);
      KvCache cache = caches.get(i);
      Tensor input = x;
      x = Scopes.inner(() -> layer.forward(input, angles, mask, cache)); // [1, s, c]
    }
    return x;
  }

  /** Returns logits of hidden states. // [1, n, c] to [n * v] */
  float[] logits(Tensor hidden) {
    return TensorTransfer.toFloats(model.net().logits(model.net().finalNorm(hidden)));
  }

  @Override
  public void truncate(int newLength) {
    requireOpen();
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "truncate: expected 0 to %d, found %d".formatted(length, newLength));
    }
    forget(newLength);
    length = newLength;
  }

  private void forget(int newLength) {
    caches.forEach(cache -> cache.truncate(newLength));
  }

  @Override
  public DecoderSession fork() {
    requireOpen();
    return guard.whileOpen(
        () -> {
          TorchSession copy = new TorchSession(model, guard, capacity);
          copy.caches.clear();
          Scopes.runNoGrad(() -> caches.forEach(cache -> copy.caches.add(cache.fork())));
          copy.length = length;
          return copy;
        });
  }

  @Override
  public void close() {
    closed = true;
    caches.forEach(KvCache::close);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("decoder session is closed");
    }
  }
}
