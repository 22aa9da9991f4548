package io.github.llavamed.tokenizer.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The content of a checked SentencePiece BPE model: pieces and how text is prepared for them.
 *
 * <p>Immutable, safe for concurrent use.
 */
final class SentencePieceModel {
  /** What SentencePiece writes for a space: U+2581. */
  static final String SPACE = "\u2581";

  /** One piece of the vocabulary. */
  record Piece(String text, float score, PieceType type) {}

  /** How text is prepared; the names are those of the file format. */
  record Settings(
      boolean byteFallback,
      boolean addDummyPrefix,
      boolean removeExtraWhitespaces,
      String unkPiece,
      String unkSurface,
      String bosPiece,
      String eosPiece) {}

  private final List<Piece> pieces;
  private final Map<String, Integer> ids;
  private final Settings settings;
  private final int unkId;
  private final int[] byteIds = new int[256];
  private final int[] byteValues;

  SentencePieceModel(List<Piece> pieces, Map<String, Integer> ids, Settings settings, int unkId) {
    this.pieces = List.copyOf(pieces);
    this.ids = Map.copyOf(ids);
    this.settings = settings;
    this.unkId = unkId;
    Arrays.fill(byteIds, -1);
    byteValues = new int[pieces.size()];
    Arrays.fill(byteValues, -1);
    for (int id = 0; id < byteValues.length; id++) {
      if (pieces.get(id).type() == PieceType.BYTE) {
        int value = Integer.parseInt(pieces.get(id).text().substring(3, 5), 16);
        byteIds[value] = id;
        byteValues[id] = value;
      }
    }
  }

  /** Returns how the piece of a byte is written: {@code <0x0A>}. */
  static String byteName(int value) {
    String digits = "0123456789ABCDEF";
    return "<0x" + digits.charAt(value >> 4) + digits.charAt(value & 15) + ">";
  }

  int size() {
    return pieces.size();
  }

  Piece piece(int id) {
    return pieces.get(id);
  }

  List<Piece> pieces() {
    return pieces;
  }

  Settings settings() {
    return settings;
  }

  int unkId() {
    return unkId;
  }

  /** Returns the id of the piece of a byte, -1 without byte fallback. */
  int byteId(int value) {
    return byteIds[value];
  }

  /** Returns the byte that a piece stands for, -1 if it stands for none. */
  int byteValue(int id) {
    return byteValues[id];
  }

  OptionalInt idOf(String piece) {
    Integer id = ids.get(piece);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Returns the id of a piece, that of the unknown piece if there is none. */
  int idOrUnknown(String piece) {
    return idOf(piece).orElse(unkId);
  }
}
