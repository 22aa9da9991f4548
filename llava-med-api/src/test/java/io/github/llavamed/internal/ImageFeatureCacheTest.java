package io.github.llavamed.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.image.PixelValues;
import io.github.llavamed.prompt.ImageFeatures;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ImageFeatureCacheTest {
  private static final int FEATURE_BYTES = 4 * 8;

  private final AtomicInteger encodings = new AtomicInteger();

  @Test
  void encodesTheSamePixelsOnce() {
    ImageFeatureCache cache = ImageFeatureCache.ofBytes(1 << 20);

    ImageFeatures first = cache.get(image(1, 3000), this::encode);

    assertThat(cache.get(image(1, 3000), this::encode)).isSameAs(first);
    assertThat(cache.get(image(2, 3000), this::encode)).isNotSameAs(first);
    assertThat(encodings).hasValue(2);
  }

  @Test
  void oneOtherValueIsAnotherImage() {
    ImageFeatureCache cache = ImageFeatureCache.ofBytes(1 << 20);
    cache.get(image(1, 3000), this::encode);
    PixelValues other = image(1, 3000);
    other.values()[2999] += 0.001f;

    cache.get(other, this::encode);
    cache.get(new PixelValues(image(1, 3000).values(), 3, 1, 1000), this::encode);

    assertThat(encodings).hasValue(3);
  }

  @Test
  void keepsNotMoreThanAllowed() {
    ImageFeatureCache cache = ImageFeatureCache.ofBytes(3 * FEATURE_BYTES);
    for (int i = 0; i < 10; i++) {
      cache.get(image(i, 30), this::encode);
    }
    cache.get(image(9, 30), this::encode);
    assertThat(encodings).hasValue(10);

    cache.get(image(0, 30), this::encode);
    assertThat(encodings).hasValue(11);
  }

  @Test
  void keepsNothingIfItIsOffOrCleared() {
    ImageFeatureCache off = ImageFeatureCache.ofBytes(0);
    off.get(image(1, 30), this::encode);
    off.get(image(1, 30), this::encode);
    assertThat(encodings).hasValue(2);

    ImageFeatureCache cache = ImageFeatureCache.ofBytes(1 << 20);
    cache.get(image(1, 30), this::encode);
    cache.clear();
    cache.get(image(1, 30), this::encode);
    assertThat(encodings).hasValue(4);
  }

  @Test
  void aFailureReachesTheCallerAndIsNotKept() {
    ImageFeatureCache cache = ImageFeatureCache.ofBytes(1 << 20);

    assertThatThrownBy(
            () ->
                cache.get(
                    image(1, 30),
                    image -> {
                      throw new IllegalStateException("broken");
                    }))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("broken");
    assertThat(cache.get(image(1, 30), this::encode)).isNotNull();
  }

  private ImageFeatures encode(PixelValues image) {
    encodings.incrementAndGet();
    return new ImageFeatures(new float[FEATURE_BYTES / Float.BYTES], 2, 4);
  }

  private static PixelValues image(int seed, int values) {
    float[] pixels = new float[values];
    for (int i = 0; i < values; i++) {
      pixels[i] = seed + i / 7f;
    }
    return new PixelValues(pixels, 3, values / 3, 1);
  }
}
