package io.github.llavamed.model;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerRules;
import io.github.llavamed.tokenizer.Tokenizers;
import io.github.llavamed.weights.VocabularyInitializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads the tokenizer of a checkpoint by the rules of its family. Stateless. */
public final class ModelTokenizers {
  private static final String SENTENCE_PIECE_MODEL = "tokenizer.model";

  private ModelTokenizers() {}

  /**
   * Loads a tokenizer and adds the tokens that the original's loader adds: {@code <im_patch>} in
   * v1.0.0 always and in v1.5 if {@code mm_use_im_patch_token}, both markers if {@code
   * mm_use_im_start_end}; nothing for Hugging Face checkpoints. A token that the files already know
   * keeps its id.
   *
   * @throws IOException if a file cannot be read
   * @throws io.github.llavamed.error.LlavaMedException if a file breaks its format, or asks for
   *     something that is not supported
   */
  public static Tokenizer load(Path directory, LlavaConfig config) throws IOException {
    Tokenizer tokenizer = Tokenizers.load(directory, rules(directory, config));
    List<AddedToken> added = addedTokens(config);
    return added.isEmpty() ? tokenizer : Tokenizers.withAddedTokens(tokenizer, added);
  }

  /**
   * A Hugging Face {@code tokenizer.json} may have lost its dummy prefix in the conversion; where
   * the SentencePiece model is there, it decides. For sound files all three give the same ids.
   */
  private static TokenizerRules rules(Path directory, LlavaConfig config) {
    return switch (config.family()) {
      case LLAVA_V1_0 -> TokenizerRules.V1_0_SLOW;
      case LLAVA_V1_5 -> TokenizerRules.V1_5_FAST;
      case HF_LLAVA ->
          Files.isRegularFile(directory.resolve(SENTENCE_PIECE_MODEL))
              ? TokenizerRules.HF_SLOW
              : TokenizerRules.HF_SLOW_CONVERTED;
    };
  }

  /** The readers set both switches to false where the family's loader adds nothing. */
  private static List<AddedToken> addedTokens(LlavaConfig config) {
    List<AddedToken> tokens = new ArrayList<>();
    if (config.mmUseImPatchToken()) {
      tokens.add(AddedToken.of(VocabularyInitializer.IM_PATCH, true));
    }
    if (config.mmUseImStartEnd()) {
      tokens.add(AddedToken.of(VocabularyInitializer.IM_START, true));
      tokens.add(AddedToken.of(VocabularyInitializer.IM_END, true));
    }
    return tokens;
  }
}
