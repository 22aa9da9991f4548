package io.github.llavamed.generation;

import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * The keyword criterion of v1.5 as it runs when generation starts from embeddings.
 *
 * <p>The ids it sees are BOS and the new ones, but it takes the prompt's length off their number.
 * The window is therefore negative at first, which in a Python slice counts from the front; and a
 * keyword of more ids than there are cannot be compared.
 */
final class MisplacedWindowCriterion implements StoppingCriterion {
  private final List<String> keywords;
  private final KeywordIds keywordIds;
  private final Tokenizer tokenizer;
  private final int promptLength;
  private final IdHistory ids = new IdHistory();

  MisplacedWindowCriterion(List<String> keywords, Tokenizer tokenizer, int promptLength) {
    this.keywords = List.copyOf(keywords);
    this.keywordIds = KeywordIds.of(keywords, tokenizer);
    this.tokenizer = tokenizer;
    this.promptLength = promptLength;
    tokenizer.specialTokens().bos().ifPresent(ids::add);
  }

  @Override
  public boolean accept(int id) {
    ids.add(id);
    for (int[] keyword : keywordIds.ids()) {
      if (endsWith(keyword)) {
        return true;
      }
    }
    int offset = Math.min(ids.size() - promptLength, keywordIds.longest());
    // ids[-offset:] of Python
    int start = offset > 0 ? Math.max(ids.size() - offset, 0) : Math.min(-offset, ids.size());
    String text = tokenizer.decode(ids.from(start), true);
    return keywords.stream().anyMatch(text::contains);
  }

  private boolean endsWith(int[] keyword) {
    int compared = Math.min(ids.size(), keyword.length);
    // One id is compared with each of the keyword's: tensors of length 1 are broadcast.
    if (compared < keyword.length && compared != 1) {
      throw new StoppingException(
          ("The size of tensor a (%d) must match the size of tensor b (%d) at non-singleton"
                  + " dimension 0: a stop string of more ids than were generated, as the original"
                  + " fails; switch legacyStopWindow off")
              .formatted(compared, keyword.length));
    }
    if (compared == keyword.length) {
      return ids.endsWith(keyword);
    }
    for (int id : keyword) {
      if (!ids.endsWith(new int[] {id})) {
        return false;
      }
    }
    return true;
  }
}
