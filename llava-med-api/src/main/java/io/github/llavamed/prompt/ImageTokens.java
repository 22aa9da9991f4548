package io.github.llavamed.prompt;

import io.github.llavamed.tokenizer.Tokenizer;
import java.util.stream.IntStream;

/**
 * Encodes v1.5 prompt text with one sentinel id per image.
 *
 * <p>Source: {@code tokenizer_image_token} of {@code llava/mm_utils.py}.
 */
public final class ImageTokens {
  private ImageTokens() {}

  /**
   * Returns the ids of a prompt: each text between two {@code <image>} is encoded on its own, and
   * {@link PromptBuilder#IMAGE_TOKEN_INDEX} stands between them.
   */
  public static int[] encode(String promptText, Tokenizer tokenizer) {
    String[] chunks = promptText.split(PromptBuilder.IMAGE_PLACEHOLDER, -1);
    int[] first = tokenizer.encode(chunks[0]);
    boolean startsWithBos =
        first.length > 0
            && tokenizer.specialTokens().bos().isPresent()
            && tokenizer.specialTokens().bos().getAsInt() == first[0];
    // Every chunk is encoded with BOS; only the first keeps it.
    int offset = startsWithBos ? 1 : 0;
    IntStream.Builder ids = IntStream.builder();
    IntStream.of(first).forEach(ids);
    for (int i = 1; i < chunks.length; i++) {
      ids.add(PromptBuilder.IMAGE_TOKEN_INDEX);
      IntStream.of(tokenizer.encode(chunks[i])).skip(offset).forEach(ids);
    }
    return ids.build().toArray();
  }
}
