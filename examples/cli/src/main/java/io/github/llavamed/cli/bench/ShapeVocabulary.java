package io.github.llavamed.cli.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Makes a SentencePiece model with a given number of pieces: three control pieces, 256 bytes, then
 * single characters from {@code !} on.
 *
 * <p>Any text has ids, though longer ones than a trained vocabulary gives it.
 */
final class ShapeVocabulary {
  /** Control pieces and bytes, below which no vocabulary goes. */
  static final int FIRST_CHARACTER = 3 + 256;

  // Field numbers and piece types of sentencepiece_model.proto.
  private static final int PIECES = 1;
  private static final int TRAINER_SPEC = 2;
  private static final int NORMALIZER_SPEC = 3;
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int BYTE = 6;

  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private ShapeVocabulary() {}

  /** Returns the bytes of {@code tokenizer.model}. */
  static byte[] sentencePieceModel(int pieces) {
    if (pieces < FIRST_CHARACTER) {
      throw new IllegalArgumentException(
          "pieces: expected at least " + FIRST_CHARACTER + ", found " + pieces);
    }
    ShapeVocabulary model = new ShapeVocabulary();
    model.piece("<unk>", 0, UNKNOWN);
    model.piece("<s>", 0, CONTROL);
    model.piece("</s>", 0, CONTROL);
    for (int value = 0; value < 256; value++) {
      model.piece(String.format(Locale.ROOT, "<0x%02X>", value), 0, BYTE);
    }
    for (int id = FIRST_CHARACTER, point = '!'; id < pieces; id++, point++) {
      model.piece(Character.toString(point), FIRST_CHARACTER - id, NORMAL);
    }
    return model.finished(true);
  }

  /**
   * Returns the bytes of {@code tokenizer.model} for pieces whose order says which are joined
   * first; the first three become the control pieces.
   *
   * @param control places of further control pieces
   */
  static byte[] sentencePieceModel(List<String> pieces, Set<Integer> control) {
    ShapeVocabulary model = new ShapeVocabulary();
    model.piece("<unk>", 0, UNKNOWN);
    model.piece("<s>", 0, CONTROL);
    model.piece("</s>", 0, CONTROL);
    for (int id = 3; id < pieces.size(); id++) {
      model.piece(pieces.get(id), -id, control.contains(id) ? CONTROL : NORMAL);
    }
    return model.finished(false);
  }

  private byte[] finished(boolean hasBytes) {
    message(TRAINER_SPEC, trainer(hasBytes));
    message(NORMALIZER_SPEC, normalizer());
    return bytes.toByteArray();
  }

  private static ShapeVocabulary trainer(boolean hasBytes) {
    ShapeVocabulary trainer = new ShapeVocabulary();
    trainer.number(3, 2); // model_type: BPE
    trainer.number(35, hasBytes ? 1 : 0); // byte_fallback
    trainer.number(40, 0); // unk_id
    trainer.number(41, 1); // bos_id
    trainer.number(42, 2); // eos_id
    return trainer;
  }

  private static ShapeVocabulary normalizer() {
    ShapeVocabulary normalizer = new ShapeVocabulary();
    normalizer.text(1, "identity");
    normalizer.number(3, 1); // add_dummy_prefix
    normalizer.number(4, 0); // remove_extra_whitespaces
    normalizer.number(5, 1); // escape_whitespaces
    return normalizer;
  }

  private void piece(String text, float score, int type) {
    ShapeVocabulary piece = new ShapeVocabulary();
    piece.text(1, text);
    piece.key(2, FIXED_32);
    piece.bytes.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
    piece.number(3, type);
    message(PIECES, piece);
  }

  private void message(int field, ShapeVocabulary content) {
    delimited(field, content.bytes.toByteArray());
  }

  private void text(int field, String text) {
    delimited(field, text.getBytes(StandardCharsets.UTF_8));
  }

  private void delimited(int field, byte[] content) {
    key(field, LENGTH_DELIMITED);
    varint(content.length);
    bytes.writeBytes(content);
  }

  private void number(int field, int value) {
    key(field, VARINT);
    varint(value);
  }

  private void key(int field, int wireType) {
    varint(field << 3 | wireType);
  }

  private void varint(int value) {
    int rest = value;
    for (; rest >= 0x80; rest >>>= 7) {
      bytes.write(rest & 0x7f | 0x80);
    }
    bytes.write(rest);
  }
}
