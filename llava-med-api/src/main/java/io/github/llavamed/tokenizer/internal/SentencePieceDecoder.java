package io.github.llavamed.tokenizer.internal;

/**
 * Turns one run of pieces into text as {@code SentencePieceProcessor.decode} of a list of strings
 * does, piece by piece.
 *
 * <p>Bytes come out as soon as they complete a character; a byte that belongs to none becomes
 * U+FFFD. Confined to one thread.
 */
final class SentencePieceDecoder {
  private static final int LONGEST_CHARACTER = 4;

  private final SentencePieceModel model;
  private final byte[] pending;
  private int pendingSize;
  private boolean empty;
  private boolean atStart;
  private boolean prefixSeen;

  SentencePieceDecoder(SentencePieceModel model) {
    this.model = model;
    this.pending = new byte[LONGEST_CHARACTER];
    reset();
  }

  private SentencePieceDecoder(SentencePieceDecoder other) {
    model = other.model;
    pending = other.pending.clone();
    pendingSize = other.pendingSize;
    empty = other.empty;
    atStart = other.atStart;
    prefixSeen = other.prefixSeen;
  }

  /** Returns an independent decoder that has taken the same pieces. */
  SentencePieceDecoder copy() {
    return new SentencePieceDecoder(this);
  }

  /** Begins a new run. */
  void reset() {
    pendingSize = 0;
    empty = true;
    atStart = true;
    prefixSeen = false;
  }

  /** Adds the text that a piece makes certain. */
  void accept(String piece, StringBuilder out) {
    int id = model.idOrUnknown(piece);
    int from = out.length();
    if (model.byteValue(id) >= 0) {
      pending[pendingSize++] = (byte) model.byteValue(id);
      drain(false, out);
    } else {
      drain(true, out);
      if (prefixSeen || !empty || out.length() > from) {
        atStart = false;
      }
      decode(piece, id, out);
    }
    empty &= out.length() == from;
  }

  /** Adds what is left of the run and begins a new one. */
  void finish(StringBuilder out) {
    drain(true, out);
    reset();
  }

  private void decode(String piece, int id, StringBuilder out) {
    PieceType type = model.piece(id).type();
    prefixSeen = false;
    if (type == PieceType.CONTROL) {
      return;
    }
    if (type == PieceType.UNKNOWN) {
      out.append(model.piece(id).text().equals(piece) ? model.settings().unkSurface() : piece);
      return;
    }
    String text = piece;
    boolean trims = model.settings().removeExtraWhitespaces();
    if (atStart
        && (model.settings().addDummyPrefix() || trims)
        && text.startsWith(SentencePieceModel.SPACE)) {
      text = text.substring(SentencePieceModel.SPACE.length());
      prefixSeen = !trims; // where extra spaces are removed, all leading ones go
    }
    out.append(text.replace(SentencePieceModel.SPACE, " "));
  }

  private void drain(boolean last, StringBuilder out) {
    int at = 0;
    while (at < pendingSize) {
      int length = Utf8.length(pending[at]);
      if (at + length > pendingSize && !last) {
        break;
      }
      String character = at + length > pendingSize ? null : Utf8.decode(pending, at, at + length);
      out.append(character == null ? Utf8.REPLACEMENT : character);
      at += character == null ? 1 : length;
    }
    System.arraycopy(pending, at, pending, 0, pendingSize - at);
    pendingSize -= at;
  }
}
