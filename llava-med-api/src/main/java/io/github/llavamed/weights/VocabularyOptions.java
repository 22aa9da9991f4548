package io.github.llavamed.weights;

import org.jspecify.annotations.Nullable;

/**
 * Which tokens are added to a vocabulary before training.
 *
 * @param addPadToken whether {@code [PAD]} is added first (v1.0.0 with a tokenizer that has no pad
 *     token); its rows become the mean of the others
 * @param useImPatchToken whether {@code <im_patch>} is added: always in v1.0.0, {@code
 *     mm_use_im_patch_token} in v1.5
 * @param useImStartEnd whether {@code <im_start>} and {@code <im_end>} are added
 * @param adapterEmbedTokens {@code model.embed_tokens.weight} of a pretrained adapter, whose last
 *     two rows become those of the markers, or null; without markers it is not read
 */
public record VocabularyOptions(
    boolean addPadToken,
    boolean useImPatchToken,
    boolean useImStartEnd,
    @Nullable FloatMatrix adapterEmbedTokens) {
  /** Returns the tokens of v1.0.0: the patch token, and the markers if asked for. */
  public static VocabularyOptions v10(boolean useImStartEnd) {
    return new VocabularyOptions(false, true, useImStartEnd, null);
  }

  /** Returns the tokens of v1.5, each only if asked for. */
  public static VocabularyOptions v15(boolean useImPatchToken, boolean useImStartEnd) {
    return new VocabularyOptions(false, useImPatchToken, useImStartEnd, null);
  }

  /** Returns these options with {@code [PAD]} added first, or not. */
  public VocabularyOptions withPadToken(boolean add) {
    return new VocabularyOptions(add, useImPatchToken, useImStartEnd, adapterEmbedTokens);
  }

  /** Returns these options with an adapter's embedding, or null for none. */
  public VocabularyOptions withAdapter(@Nullable FloatMatrix embedTokens) {
    return new VocabularyOptions(addPadToken, useImPatchToken, useImStartEnd, embedTokens);
  }
}
