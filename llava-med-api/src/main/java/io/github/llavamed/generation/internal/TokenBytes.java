package io.github.llavamed.generation.internal;

import io.github.llavamed.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that each token of a vocabulary adds to an answer, as UTF-8: at its beginning, where a
 * tokenizer may drop a space, and later. Immutable.
 */
public final class TokenBytes {
  /** How SentencePiece writes the piece of a single byte. */
  private static final Pattern BYTE_PIECE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  private static final String ANCHOR = "a";
  private static final byte[] UNUSABLE = {};

  private final byte[][] first; // [ids][bytes]
  private final byte[][] later; // [ids][bytes]

  private TokenBytes(int size) {
    first = new byte[size][0];
    later = new byte[size][0];
  }

  /** Looks at every token of a tokenizer; takes some time. */
  public static TokenBytes of(Tokenizer tokenizer) {
    TokenBytes table = new TokenBytes(tokenizer.size());
    int[] anchorIds = tokenizer.encode(ANCHOR, false);
    int anchor = anchorIds[anchorIds.length - 1];
    String anchorText = tokenizer.decode(new int[] {anchor}, true);
    for (int id = 0; id < tokenizer.size(); id++) {
      if (tokenizer.specialTokens().all().contains(id)) {
        continue;
      }
      Matcher bytePiece = BYTE_PIECE.matcher(tokenizer.tokenOf(id));
      String alone = tokenizer.decode(new int[] {id}, true);
      if (bytePiece.matches() && !alone.equals(bytePiece.group())) {
        byte[] value = {(byte) Integer.parseInt(bytePiece.group(1), 16)};
        table.first[id] = value;
        table.later[id] = value;
      } else {
        String after = tokenizer.decode(new int[] {anchor, id}, true);
        table.first[id] = bytes(alone);
        table.later[id] =
            after.startsWith(anchorText) ? bytes(after.substring(anchorText.length())) : UNUSABLE;
      }
    }
    return table;
  }

  /** A token without text of its own is of no use either: it could be repeated for ever. */
  private static byte[] bytes(String text) {
    return text.indexOf('\uFFFD') >= 0 ? UNUSABLE : text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the number of ids. */
  int size() {
    return first.length;
  }

  /** Returns what an id adds; nothing if it may not be used. */
  byte[] of(int id, boolean isFirst) {
    return isFirst ? first[id] : later[id];
  }
}
