package io.github.llavamed.generation;

import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * The keyword criterion of v1.5 as it was meant: looks at the last ids, and at the text of the last
 * generated ones.
 */
final class LastIdsCriterion implements StoppingCriterion {
  private final List<String> keywords;
  private final KeywordIds keywordIds;
  private final Tokenizer tokenizer;
  private final int promptLength;
  private final IdHistory ids = new IdHistory();

  LastIdsCriterion(List<String> keywords, Tokenizer tokenizer, List<Integer> promptIds) {
    this.keywords = List.copyOf(keywords);
    this.keywordIds = KeywordIds.of(keywords, tokenizer);
    this.tokenizer = tokenizer;
    this.promptLength = promptIds.size();
    promptIds.forEach(ids::add);
  }

  KeywordIds keywordIds() {
    return keywordIds;
  }

  @Override
  public boolean accept(int id) {
    ids.add(id);
    if (keywordIds.ids().stream().anyMatch(ids::endsWith)) {
      return true;
    }
    int window = Math.min(ids.size() - promptLength, keywordIds.longest());
    String text = tokenizer.decode(ids.from(ids.size() - window), true);
    return keywords.stream().anyMatch(text::contains);
  }
}
