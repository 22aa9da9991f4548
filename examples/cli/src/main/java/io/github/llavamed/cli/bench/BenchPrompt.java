package io.github.llavamed.cli.bench;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A prompt of a given length and an image, both random with a fixed seed.
 *
 * @param segments one id, the image and the remaining ids; only ids where the image does not fit
 * @param imageTokens positions that the image fills, 0 if it does not fit
 * @param pixels an image of the tower's size
 */
record BenchPrompt(List<InputSegment> segments, int imageTokens, PixelValues pixels) {
  private static final long SEED = 616;

  /** Ids below this one are control tokens. */
  private static final int FIRST_TEXT_ID = 3;

  static BenchPrompt of(LlavaConfig config, int length) {
    Random random = new Random(SEED);
    int vocabulary = config.languageModel().vocabSize();
    int[] ids = random.ints(length, Math.min(FIRST_TEXT_ID, vocabulary - 1), vocabulary).toArray();
    int size = config.visionTower().imageSize();
    float[] pixels = new float[3 * size * size]; // [3, h, w]
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    PixelValues image = new PixelValues(pixels, 3, size, size);
    int rows = config.imageFeatureCount();
    int textTokens = length - rows;
    if (textTokens < 2) {
      return new BenchPrompt(List.of(TokenSegment.of(ids)), 0, image);
    }
    int[] behind = Arrays.copyOf(ids, textTokens - 1);
    return new BenchPrompt(
        List.of(
            TokenSegment.of(ids[length - 1]),
            new ImageSegment(0, 0, rows),
            TokenSegment.of(behind)),
        rows,
        image);
  }
}
