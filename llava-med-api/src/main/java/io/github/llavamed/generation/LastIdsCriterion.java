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
  private final IdHistory ids;

  LastIdsCriterion(List<String> keywords, Tokenizer tokenizer, List<Integer> promptIds) {
    this.keywords = List.copyOf(keywords);
    this.keywordIds = KeywordIds.of(keywords, tokenizer);
    this.tokenizer = tokenizer;
    this.promptLength = promptIds.size();
    this.ids = new IdHistory();
    promptIds.forEach(ids::add);
  }

  private LastIdsCriterion(LastIdsCriterion other) {
    this.keywords = other.keywords;
    this.keywordIds = other.keywordIds;
    this.tokenizer = other.tokenizer;
    this.promptLength = other.promptLength;
    this.ids = other.ids.copy();
  }

  @Override
  public StoppingCriterion fork() {
    return new LastIdsCriterion(this);
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
    String text = ids.text(ids.size() - window, tokenizer);
    return keywords.stream().anyMatch(text::contains);
  }
}
