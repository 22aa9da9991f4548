package io.github.llavamed.demo.vocabulary;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Writes {@code tokenizer.model} in SentencePiece's format with LLaMA's settings: three control
 * pieces, 256 bytes for whatever has no piece, then the learnt pieces.
 */
public final class SentencePieceFile {
  /** Pieces that are there before the learnt ones. */
  public static final int FIXED_PIECES = 3 + 256;

  // Field numbers and piece types of sentencepiece_model.proto.
  private static final int PIECES = 1;
  private static final int TRAINER_SPEC = 2;
  private static final int NORMALIZER_SPEC = 3;
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int BYTE = 6;
  private static final int BPE = 2;

  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private SentencePieceFile() {}

  /**
   * Returns the bytes of the file.
   *
   * @param learnt the learnt pieces, best first
   */
  public static byte[] of(List<String> learnt) {
    SentencePieceFile model = new SentencePieceFile();
    model.piece("<unk>", 0, UNKNOWN);
    model.piece("<s>", 0, CONTROL);
    model.piece("</s>", 0, CONTROL);
    for (int value = 0; value < 256; value++) {
      model.piece(String.format(Locale.ROOT, "<0x%02X>", value), 0, BYTE);
    }
    for (int rank = 0; rank < learnt.size(); rank++) {
      model.piece(learnt.get(rank), -rank, NORMAL);
    }
    model.message(TRAINER_SPEC, trainer(FIXED_PIECES + learnt.size()));
    model.message(NORMALIZER_SPEC, normalizer());
    return model.bytes.toByteArray();
  }

  private static SentencePieceFile trainer(int pieces) {
    SentencePieceFile trainer = new SentencePieceFile();
    trainer.number(3, BPE); // model_type
    trainer.number(4, pieces); // vocab_size
    trainer.number(25, 1); // split_digits
    trainer.number(35, 1); // byte_fallback
    trainer.number(40, 0); // unk_id
    trainer.number(41, 1); // bos_id
    trainer.number(42, 2); // eos_id
    trainer.number(43, -1); // pad_id: none
    return trainer;
  }

  private static SentencePieceFile normalizer() {
    SentencePieceFile normalizer = new SentencePieceFile();
    normalizer.delimited(1, "identity".getBytes(StandardCharsets.UTF_8));
    normalizer.number(3, 1); // add_dummy_prefix
    normalizer.number(4, 0); // remove_extra_whitespaces
    normalizer.number(5, 1); // escape_whitespaces
    return normalizer;
  }

  private void piece(String text, float score, int type) {
    SentencePieceFile piece = new SentencePieceFile();
    piece.delimited(1, text.getBytes(StandardCharsets.UTF_8));
    piece.key(2, FIXED_32);
    piece.bytes.writeBytes(
        ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
    piece.number(3, type);
    message(PIECES, piece);
  }

  private void message(int field, SentencePieceFile content) {
    delimited(field, content.bytes.toByteArray());
  }

  private void delimited(int field, byte[] content) {
    key(field, LENGTH_DELIMITED);
    varint(content.length);
    bytes.writeBytes(content);
  }

  private void number(int field, long value) {
    key(field, VARINT);
    varint(value);
  }

  private void key(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
