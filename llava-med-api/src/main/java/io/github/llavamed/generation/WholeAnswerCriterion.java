package io.github.llavamed.generation;

import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * The keyword criterion of v1.0: looks into the text of the whole answer, but not after the first
 * token.
 *
 * <p>The original decodes the whole answer anew after each token. The same text is here what is
 * certain already, in which only its new end needs a look, and what the decoder would say if the
 * answer ended now, which later tokens may change: a keyword may be found in just that.
 */
final class WholeAnswerCriterion implements StoppingCriterion {
  private final List<String> keywords;
  private final int overlap; // Characters of a keyword that may stand before new text.
  private final int tokenizerSize;
  private final StreamingDecoder decoder;
  private final StringBuilder end; // The end of the certain text, in which new keywords may begin.
  private boolean first = true;
  private boolean found;

  WholeAnswerCriterion(List<String> keywords, Tokenizer tokenizer) {
    this.keywords = List.copyOf(keywords);
    this.overlap = keywords.stream().mapToInt(String::length).max().orElse(1) - 1;
    this.tokenizerSize = tokenizer.size();
    this.decoder = tokenizer.streamingDecoder(true);
    this.end = new StringBuilder();
  }

  private WholeAnswerCriterion(WholeAnswerCriterion other) {
    this.keywords = other.keywords;
    this.overlap = other.overlap;
    this.tokenizerSize = other.tokenizerSize;
    this.decoder = other.decoder.copy();
    this.end = new StringBuilder(other.end);
    this.first = other.first;
    this.found = other.found;
  }

  @Override
  public StoppingCriterion fork() {
    return new WholeAnswerCriterion(this);
  }

  @Override
  public boolean accept(int id) {
    if (id < tokenizerSize) { // Embeddings may have more rows; those have no text.
      end.append(decoder.accept(id));
    }
    boolean stops = !first;
    first = false;
    found = found || occursIn(end);
    boolean foundNow = found || stops && occursIn(end + decoder.copy().finish());
    end.delete(0, Math.max(0, end.length() - overlap));
    return stops && foundNow;
  }

  private boolean occursIn(CharSequence text) {
    String searched = text.toString();
    return keywords.stream().anyMatch(searched::contains);
  }
}
