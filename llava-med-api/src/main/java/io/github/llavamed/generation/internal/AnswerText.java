package io.github.llavamed.generation.internal;

import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * Turns new ids into pieces of text that never have to be taken back.
 *
 * <p>Text that could still become a stop string is held back; from the first stop string on nothing
 * is handed out. The pieces together are the answer.
 */
public final class AnswerText {
  private final StreamingDecoder decoder;
  private final int tokenizerSize;
  private final List<String> stopStrings;
  private final StringBuilder pending = new StringBuilder();
  private final StringBuilder answer = new StringBuilder();
  private boolean cut;

  /** Starts an empty answer that ends before the first of these strings, none of them empty. */
  public AnswerText(Tokenizer tokenizer, List<String> stopStrings) {
    this.decoder = tokenizer.streamingDecoder(true);
    this.tokenizerSize = tokenizer.size();
    this.stopStrings = List.copyOf(stopStrings);
  }

  /** Takes the next id and returns the text that became certain. */
  public String accept(int id) {
    return release(decode(id), false);
  }

  /** Takes the last id and returns all text that is left. */
  public String acceptLast(int id) {
    String text = decode(id);
    return release(text + decoder.finish(), true);
  }

  /** Returns whether a stop string ended the text. */
  public boolean isCut() {
    return cut;
  }

  /** Returns the pieces so far as one text. */
  public String answer() {
    return answer.toString();
  }

  /** Embeddings may have more rows than there are tokens; such ids have no text. */
  private String decode(int id) {
    return id < tokenizerSize ? decoder.accept(id) : "";
  }

  private String release(String text, boolean last) {
    if (cut) {
      return "";
    }
    pending.append(text);
    int stop = firstStop();
    int end = pending.length();
    if (stop >= 0) {
      cut = true;
      end = stop;
    } else if (!last) {
      end -= heldBack();
    }
    String piece = pending.substring(0, end);
    pending.delete(0, end);
    answer.append(piece);
    return piece;
  }

  private int firstStop() {
    int first = -1;
    for (String stop : stopStrings) {
      int index = pending.indexOf(stop);
      if (index >= 0 && (first < 0 || index < first)) {
        first = index;
      }
    }
    return first;
  }

  /** Returns the length of the longest end of the pending text that begins a stop string. */
  private int heldBack() {
    int longest = 0;
    for (String stop : stopStrings) {
      for (int n = Math.min(stop.length() - 1, pending.length()); n > longest; n--) {
        if (stop.startsWith(pending.substring(pending.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }
}
