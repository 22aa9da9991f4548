package io.github.llavamed.prompt.internal;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.prompt.ImageCountException;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.InvalidPromptException;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prompts of v1.5: an image is one sentinel id between separately tokenized texts, and is expanded
 * to its feature rows afterwards.
 */
public final class V15PromptBuilder implements PromptBuilder {
  private static final Logger log = LoggerFactory.getLogger(V15PromptBuilder.class);

  private final Tokenizer tokenizer;
  private final int rows;
  private final @Nullable Integer maxLength;

  /** Creates the builder; see {@link PromptBuilder#forModel}. */
  public V15PromptBuilder(LlavaConfig config, Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.rows = config.imageFeatureCount();
    this.maxLength = config.tokenizerModelMaxLength();
    if (config.mmUseImStartEnd()) {
      String why = "prompts of a v1.5 model with mm_use_im_start_end = true need";
      PromptIds.require(tokenizer, V10PromptBuilder.START, why);
      PromptIds.require(tokenizer, V10PromptBuilder.END, why);
    }
  }

  @Override
  public Prompt build(String promptText, int imageCount) {
    int[] ids = inputIds(promptText);
    return PromptIds.prompt(promptText, ids, segments(ids, imageCount));
  }

  /** The original's {@code tokenizer_image_token}. */
  private int[] inputIds(String promptText) {
    String[] chunks = promptText.split(IMAGE_PLACEHOLDER, -1);
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
      ids.add(IMAGE_TOKEN_INDEX);
      IntStream.of(tokenizer.encode(chunks[i])).skip(offset).forEach(ids);
    }
    return ids.build().toArray();
  }

  @Override
  public List<InputSegment> segments(int[] inputIds, int imageCount) {
    PromptIds.check(inputIds, tokenizer, IMAGE_TOKEN_INDEX);
    int places = PromptIds.count(inputIds, IMAGE_TOKEN_INDEX);
    if (places != imageCount) {
      throw new ImageCountException(places, imageCount);
    }
    if (places == inputIds.length) {
      throw new InvalidPromptException("the prompt is nothing but images; expected a token");
    }
    SegmentList segments = new SegmentList();
    int from = 0;
    int image = 0;
    for (int at : PromptIds.positions(inputIds, IMAGE_TOKEN_INDEX)) {
      segments.tokens(inputIds, from, at);
      segments.image(image++, 0, rows);
      from = at + 1;
    }
    segments.tokens(inputIds, from, inputIds.length);
    return imageCount == 0 ? segments.toList() : cut(segments.toList());
  }

  /** The original cuts only what went through its splice, so never a prompt without images. */
  private List<InputSegment> cut(List<InputSegment> segments) {
    int length = segments.stream().mapToInt(InputSegment::length).sum();
    if (maxLength == null || length <= maxLength) {
      return segments;
    }
    log.warn(
        "prompt cut from {} to {} positions, the configuration's tokenizer_model_max_length",
        length,
        maxLength);
    return SegmentList.cut(segments, maxLength);
  }

  @Override
  public int imagePlaces(String promptText) {
    return PromptIds.occurrences(promptText, IMAGE_PLACEHOLDER);
  }
}
