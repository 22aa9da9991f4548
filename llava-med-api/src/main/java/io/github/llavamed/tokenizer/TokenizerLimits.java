package io.github.llavamed.tokenizer;

/**
 * How much a tokenizer directory may ask for before it is refused; tokenizer files are hostile
 * until checked.
 *
 * <p>Immutable. The defaults leave room for vocabularies many times that of LLaMA and Mistral
 * (32000 pieces, 0.5 MB of {@code tokenizer.model}, 2 to 4 MB of {@code tokenizer.json}).
 *
 * @param maxFileBytes largest single file in bytes, default 64 MiB
 * @param maxPieces most pieces of a vocabulary, default 1048576
 * @param maxPieceBytes longest piece or added token in bytes of UTF-8, default 4096
 * @param maxAddedTokens most added tokens, default 65536
 */
public record TokenizerLimits(
    int maxFileBytes, int maxPieces, int maxPieceBytes, int maxAddedTokens) {
  /** The defaults named above. */
  public static final TokenizerLimits DEFAULTS =
      new TokenizerLimits(64 << 20, 1 << 20, 4096, 1 << 16);

  /** Checks that every limit is positive. */
  public TokenizerLimits {
    if (Math.min(Math.min(maxFileBytes, maxPieces), Math.min(maxPieceBytes, maxAddedTokens)) < 1) {
      throw new IllegalArgumentException("tokenizer limits: expected values above 0");
    }
  }
}
