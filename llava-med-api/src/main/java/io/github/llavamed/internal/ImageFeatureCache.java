package io.github.llavamed.internal;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.util.concurrent.UncheckedExecutionException;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.prompt.ImageFeatures;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Keeps the features of images that were encoded lately, found by the SHA-256 of their pixel
 * values.
 *
 * <p>Holds Java memory only. Safe for concurrent use: threads that ask for the same image at a time
 * wait for one encoding.
 */
public final class ImageFeatureCache {
  private static final int ROW_BUFFER_BYTES = 1 << 13;

  private final long maxBytes;
  private final Cache<HashCode, ImageFeatures> features;

  private ImageFeatureCache(long maxBytes) {
    this.maxBytes = maxBytes;
    this.features =
        CacheBuilder.newBuilder()
            .concurrencyLevel(1) // one bound on all, not a part of it per segment
            .maximumWeight(maxBytes)
            .weigher((HashCode key, ImageFeatures value) -> bytes(value))
            .build();
  }

  /**
   * Returns an empty cache.
   *
   * @param maxBytes bound on the features together; 0 keeps none
   */
  public static ImageFeatureCache ofBytes(long maxBytes) {
    return new ImageFeatureCache(maxBytes);
  }

  private static int bytes(ImageFeatures value) {
    return (int) Math.min(Integer.MAX_VALUE, (long) value.values().length * Float.BYTES);
  }

  /** Returns the features of an image, encoded if they are not there. */
  ImageFeatures get(PixelValues image, Function<PixelValues, ImageFeatures> encoder) {
    if (maxBytes == 0) {
      return encoder.apply(image);
    }
    try {
      return features.get(hash(image), () -> encoder.apply(image));
    } catch (UncheckedExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("encoding an image throws no checked exceptions", e);
    }
  }

  private static HashCode hash(PixelValues image) {
    Hasher hasher = Hashing.sha256().newHasher();
    hasher.putInt(image.channels()).putInt(image.height()).putInt(image.width());
    ByteBuffer buffer = ByteBuffer.allocate(ROW_BUFFER_BYTES);
    for (float value : image.values()) {
      if (!buffer.hasRemaining()) {
        hasher.putBytes(buffer.flip());
        buffer.clear();
      }
      buffer.putFloat(value);
    }
    return hasher.putBytes(buffer.flip()).hash();
  }

  /** Forgets everything. */
  void clear() {
    features.invalidateAll();
  }
}
