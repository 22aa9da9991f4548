package io.github.llavamed.generation;

import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * The keyword criterion of v1.0: looks into the text of the whole answer, but not after the first
 * token.
 *
 * <p>The answer is decoded anew each time: an incremental decoder holds back what later tokens may
 * change, and a keyword may be found in just that. An answer of n tokens costs n² / 2 of them.
 */
final class WholeAnswerCriterion implements StoppingCriterion {
  private final List<String> keywords;
  private final Tokenizer tokenizer;
  private final IdHistory generated = new IdHistory();

  WholeAnswerCriterion(List<String> keywords, Tokenizer tokenizer) {
    this.keywords = List.copyOf(keywords);
    this.tokenizer = tokenizer;
  }

  @Override
  public boolean accept(int id) {
    generated.add(id);
    if (generated.size() == 1) {
      return false;
    }
    String text = tokenizer.decode(generated.from(0), true);
    return keywords.stream().anyMatch(text::contains);
  }
}
