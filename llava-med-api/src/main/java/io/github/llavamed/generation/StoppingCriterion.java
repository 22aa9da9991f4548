package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says after each generated token whether the answer of one sequence is complete.
 *
 * <p>Keeps what it was told, so one criterion serves one answer. Confined to one thread.
 */
@FunctionalInterface
public interface StoppingCriterion {
  /**
   * Takes the next generated id and returns whether generation should stop after it.
   *
   * @throws StoppingException if the original fails here and its defect is reproduced
   */
  boolean accept(int id);

  /** Returns a criterion that never stops. */
  static StoppingCriterion never() {
    return id -> false;
  }

  /**
   * Returns a criterion that stops when one of several does; all of them see every id.
   *
   * @param criteria copied
   */
  static StoppingCriterion anyOf(List<StoppingCriterion> criteria) {
    List<StoppingCriterion> all = List.copyOf(criteria);
    return id -> {
      boolean stop = false;
      for (StoppingCriterion criterion : all) {
        stop |= criterion.accept(id);
      }
      return stop;
    };
  }

  /**
   * Returns the family's criterion that stops when a text occurs in the answer.
   *
   * <p>v1.0: the whole answer so far is decoded after each token; the first token never stops. v1.5
   * and Hugging Face: stops when the last ids are those of a keyword, or a keyword occurs in the
   * text of as many last generated ids as the longest keyword has; {@link
   * OriginalQuirks#legacyStopWindow} brings back the original's misplaced window.
   *
   * @param keywords texts to stop at, none of them empty; null or no text means never
   * @param tokenizer the model's tokenizer
   * @param promptIds the prompt's input ids, an image sentinel counting as one
   * @throws IllegalArgumentException if a keyword is empty: it would end every answer at once
   */
  static StoppingCriterion keywords(
      ModelFamily family,
      @Nullable List<String> keywords,
      Tokenizer tokenizer,
      List<Integer> promptIds,
      OriginalQuirks quirks) {
    if (keywords == null || keywords.isEmpty()) {
      return never();
    }
    StopStrings.requireNotEmpty(keywords);
    return switch (family) {
      case LLAVA_V1_0 -> new WholeAnswerCriterion(keywords, tokenizer);
      case LLAVA_V1_5, HF_LLAVA ->
          quirks.legacyStopWindow()
              ? new MisplacedWindowCriterion(keywords, tokenizer, promptIds.size())
              : new LastIdsCriterion(keywords, tokenizer, promptIds);
    };
  }
}
