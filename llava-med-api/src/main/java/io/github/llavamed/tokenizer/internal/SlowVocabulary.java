package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.SpecialTokens;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Text and decoding role of every id of a slow tokenizer. Immutable. */
final class SlowVocabulary {
  /** What decoding does with a token. */
  enum Kind {
    /** It goes through SentencePiece with its neighbours. */
    PIECE,
    /** It is written as it is, within a run of pieces. */
    SPECIAL,
    /** It is written as it is and ends the run. */
    SEPARATE
  }

  private final SentencePieceModel model;
  private final String[] texts;
  private final Kind[] kinds;
  private final boolean[] skipped;
  private final SpecialTokens specialTokens;

  SlowVocabulary(SlowTokens tokens, Set<String> separate) {
    model = tokens.model();
    texts = new String[tokens.size()];
    kinds = new Kind[texts.length];
    skipped = new boolean[texts.length];
    for (int id = 0; id < model.size(); id++) {
      texts[id] = model.piece(id).text();
    }
    for (Map.Entry<String, Integer> entry : tokens.added().entrySet()) {
      texts[entry.getValue()] = entry.getKey();
    }
    Set<String> special = tokens.special();
    for (int id = 0; id < texts.length; id++) {
      kinds[id] =
          separate.contains(texts[id])
              ? Kind.SEPARATE
              : special.contains(texts[id]) ? Kind.SPECIAL : Kind.PIECE;
    }
    Set<Integer> skippedIds = new HashSet<>();
    for (String content : special) {
      skippedIds.add(tokens.id(content));
      skipped[tokens.id(content)] = true;
    }
    specialTokens =
        new SpecialTokens(
            SlowTokenizer.roleId(tokens, SpecialRole.BOS),
            SlowTokenizer.roleId(tokens, SpecialRole.EOS),
            SlowTokenizer.roleId(tokens, SpecialRole.UNK),
            SlowTokenizer.roleId(tokens, SpecialRole.PAD),
            skippedIds);
  }

  SentencePieceModel model() {
    return model;
  }

  String token(int id) {
    if (id < 0 || id >= texts.length) {
      throw new IllegalArgumentException(
          "token id: expected 0 to " + (texts.length - 1) + ", found " + id);
    }
    return texts[id];
  }

  Kind kind(int id) {
    return kinds[id];
  }

  boolean isSkipped(int id) {
    return skipped[id];
  }

  SpecialTokens specialTokens() {
    return specialTokens;
  }
}
