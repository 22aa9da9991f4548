package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import io.github.llavamed.tokenizer.TokenizerLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a {@code tokenizer.model} file and checks it as SentencePiece does on loading.
 *
 * <p>Field numbers are those of {@code sentencepiece_model.proto}, version 0.1.99. Confined to one
 * thread, used once.
 */
final class SentencePieceReader {
  private static final int BPE = 2;
  private static final String DEFAULT_UNK_SURFACE = " \u2047 ";

  private final String file;
  private final TokenizerLimits limits;
  private final List<SentencePieceModel.Piece> pieces = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private int unkId = -1;

  // trainer_spec and normalizer_spec with the defaults of the format
  private long modelType = 1;
  private boolean byteFallback;
  private boolean whitespaceAsSuffix;
  private String unkPiece = "<unk>";
  private String unkSurface = DEFAULT_UNK_SURFACE;
  private String bosPiece = "<s>";
  private String eosPiece = "</s>";
  private String normalizer = "";
  private int charsMapBytes;
  private boolean addDummyPrefix = true;
  private boolean removeExtraWhitespaces = true;
  private boolean escapeWhitespaces = true;
  private int denormalizerBytes;

  private SentencePieceReader(String file, TokenizerLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  static SentencePieceModel read(byte[] bytes, String file, TokenizerLimits limits) {
    SentencePieceReader reader = new SentencePieceReader(file, limits);
    reader.readModel(new ProtobufReader(bytes, file));
    reader.checkSettings();
    reader.checkPieces();
    return reader.model();
  }

  private void readModel(ProtobufReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> readPiece(in.readMessage("piece " + pieces.size()));
        case 2 -> readTrainer(in.readMessage("trainer_spec"));
        case 3 -> readNormalizer(in.readMessage("normalizer_spec"));
        case 5 -> readDenormalizer(in.readMessage("denormalizer_spec"));
        default -> in.skip();
      }
    }
  }

  private void readPiece(ProtobufReader in) {
    if (pieces.size() == limits.maxPieces()) {
      throw malformed("at most " + limits.maxPieces() + " pieces, found more");
    }
    String text = "";
    float score = 0;
    long type = 1;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> text = in.readString(limits.maxPieceBytes());
        case 2 -> score = in.readFloat();
        case 3 -> type = in.readVarint();
        default -> in.skip();
      }
    }
    addPiece(text, score, type);
  }

  private void addPiece(String text, float score, long type) {
    int id = pieces.size();
    if (text.isEmpty()) {
      throw malformed("piece " + id + ": expected some text, found an empty string");
    }
    if (Float.isNaN(score)) {
      throw malformed("piece " + id + " '" + text + "': expected a number as score, found NaN");
    }
    PieceType pieceType = PieceType.of(type);
    if (pieceType == null) {
      throw malformed("piece " + id + " '" + text + "': expected type 1 to 6, found " + type);
    }
    Integer earlier = ids.put(text, id);
    if (earlier != null) {
      throw malformed("piece '" + text + "': expected once, found as " + earlier + " and " + id);
    }
    if (pieceType == PieceType.UNKNOWN) {
      if (unkId >= 0) {
        throw malformed("unknown piece: expected one, found as " + unkId + " and " + id);
      }
      unkId = id;
    }
    // adding 0 makes -0 and 0 the same score
    pieces.add(new SentencePieceModel.Piece(text, score + 0f, pieceType));
  }

  private void readTrainer(ProtobufReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 3 -> modelType = in.readVarint();
        case 24 -> whitespaceAsSuffix = in.readBoolean();
        case 35 -> byteFallback = in.readBoolean();
        case 44 -> unkSurface = in.readString(limits.maxPieceBytes());
        case 45 -> unkPiece = in.readString(limits.maxPieceBytes());
        case 46 -> bosPiece = in.readString(limits.maxPieceBytes());
        case 47 -> eosPiece = in.readString(limits.maxPieceBytes());
        default -> in.skip();
      }
    }
  }

  private void readNormalizer(ProtobufReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> normalizer = in.readString(limits.maxPieceBytes());
        case 2 -> charsMapBytes = in.skipBytes();
        case 3 -> addDummyPrefix = in.readBoolean();
        case 4 -> removeExtraWhitespaces = in.readBoolean();
        case 5 -> escapeWhitespaces = in.readBoolean();
        default -> in.skip();
      }
    }
  }

  private void readDenormalizer(ProtobufReader in) {
    while (in.next()) {
      if (in.field() == 2) {
        denormalizerBytes = in.skipBytes();
      } else {
        in.skip();
      }
    }
  }

  private void checkSettings() {
    if (modelType != BPE) {
      throw unsupported("model_type", "2 (BPE)", Long.toString(modelType));
    }
    if (charsMapBytes > 0) {
      throw unsupported(
          "normalizer_spec.precompiled_charsmap",
          "none (identity)",
          charsMapBytes + " bytes of normalizer '" + normalizer + "'");
    }
    if (denormalizerBytes > 0) {
      throw unsupported(
          "denormalizer_spec.precompiled_charsmap", "none", denormalizerBytes + " bytes");
    }
    if (!escapeWhitespaces) {
      throw unsupported("normalizer_spec.escape_whitespaces", "true", "false");
    }
    if (whitespaceAsSuffix) {
      throw unsupported("trainer_spec.treat_whitespace_as_suffix", "false", "true");
    }
  }

  private void checkPieces() {
    if (unkId < 0) {
      throw malformed("expected one piece of type 2 (unknown), found none");
    }
    int bytePieces = 0;
    for (SentencePieceModel.Piece piece : pieces) {
      if (piece.type() == PieceType.BYTE) {
        checkByte(piece.text());
        bytePieces++;
      }
      if (piece.type() == PieceType.CONTROL
          && piece.text().codePointCount(0, piece.text().length()) == 1) {
        // SentencePiece loses the whole text in which such a character occurs
        throw unsupported("control piece", "more than one character", piece.text());
      }
    }
    if (byteFallback && bytePieces != 256) {
      throw malformed("byte_fallback: expected 256 byte pieces, found " + bytePieces);
    }
  }

  private void checkByte(String text) {
    if (!byteFallback) {
      throw malformed("byte piece '" + text + "': expected none without byte_fallback");
    }
    if (!text.matches("<0x[0-9A-F]{2}>")) {
      throw malformed("byte piece: expected <0x00> to <0xFF>, found '" + text + "'");
    }
  }

  private SentencePieceModel model() {
    return new SentencePieceModel(
        pieces,
        ids,
        new SentencePieceModel.Settings(
            byteFallback,
            addDummyPrefix,
            removeExtraWhitespaces,
            unkPiece,
            unkSurface,
            bosPiece,
            eosPiece),
        unkId);
  }

  private MalformedTokenizerException malformed(String message) {
    return new MalformedTokenizerException(file + ": " + message);
  }

  private UnsupportedModelException unsupported(String key, String expected, String found) {
    return new UnsupportedModelException(
        file + ", " + key + ": expected " + expected + ", found " + found);
  }
}
