package io.github.llavamed.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes small {@code tokenizer.model} files, good and bad ones. */
final class SentencePieceFile {
  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Returns a file with the first three pieces of LLaMA and all byte pieces. */
  static SentencePieceFile llama() {
    SentencePieceFile file =
        new SentencePieceFile()
            .piece("<unk>", 0, UNKNOWN)
            .piece("<s>", 0, CONTROL)
            .piece("</s>", 0, CONTROL);
    for (int value = 0; value < 256; value++) {
      file.piece(String.format("<0x%02X>", value), 0, BYTE);
    }
    return file;
  }

  SentencePieceFile piece(String text, float score, int type) {
    return piece(text.getBytes(StandardCharsets.UTF_8), score, type);
  }

  SentencePieceFile piece(byte[] text, float score, int type) {
    SentencePieceFile piece = new SentencePieceFile();
    piece.bytes(1, text);
    piece.varint(2 << 3 | 5);
    int bits = Float.floatToIntBits(score);
    for (int shift = 0; shift < 32; shift += 8) {
      piece.out.write(bits >> shift);
    }
    piece.number(3, type);
    return bytes(1, piece.toBytes());
  }

  /** Adds the settings of LLaMA: BPE, byte fallback, dummy prefix, extra spaces kept. */
  SentencePieceFile settings() {
    return trainer(new SentencePieceFile().number(3, 2).number(35, 1))
        .normalizer(new SentencePieceFile().number(3, 1).number(4, 0));
  }

  SentencePieceFile trainer(SentencePieceFile trainer) {
    return bytes(2, trainer.toBytes());
  }

  SentencePieceFile normalizer(SentencePieceFile normalizer) {
    return bytes(3, normalizer.toBytes());
  }

  SentencePieceFile number(int field, long value) {
    varint((long) field << 3);
    return varint(value);
  }

  SentencePieceFile bytes(int field, byte[] value) {
    varint((long) field << 3 | 2);
    varint(value.length);
    return raw(value);
  }

  SentencePieceFile raw(byte... bytes) {
    out.write(bytes, 0, bytes.length);
    return this;
  }

  SentencePieceFile varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
