package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerRules;
import io.github.llavamed.tokenizer.Tokenizers;
import io.github.llavamed.training.TextVersion;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.weights.VocabularyInitializer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a run: that of the start, with padding and image tokens added where it lacks
 * them.
 *
 * @param tokenizer knows all tokens
 * @param startSize number of ids before any were added
 * @param known the tokens of {@link VocabularyInitializer} that were there before, with ids
 * @param padId id of padding
 * @param bosToken the token put in front of each sample, or null for the tokenizer's own
 * @param padAdded whether {@code [PAD]} was asked for
 * @param images whether there are image tokens
 * @param markers whether there are marker tokens
 */
public record StartTokenizer(
    Tokenizer tokenizer,
    int startSize,
    Map<String, Integer> known,
    int padId,
    @Nullable String bosToken,
    boolean padAdded,
    boolean images,
    boolean markers) {
  private static final List<String> TOKENS =
      List.of(
          VocabularyInitializer.PAD,
          VocabularyInitializer.IM_PATCH,
          VocabularyInitializer.IM_START,
          VocabularyInitializer.IM_END);

  /** Copies the map. */
  public StartTokenizer {
    known = Map.copyOf(known);
  }

  /** Loads the tokenizer of a run's start. */
  public static StartTokenizer load(TrainingConfig config) throws IOException {
    boolean byPath =
        config.quirks().legacyLlamaPathBos()
            && config.version() == TextVersion.V0
            && config.modelNameOrPath().toString().contains("llama");
    return load(
        config.modelNameOrPath(),
        config.version(),
        config.visionTower() != null,
        config.mmUseImStartEnd(),
        byPath ? "</s>" : config.bosToken());
  }

  /** Returns a tokenizer that needs no tokens added. */
  static StartTokenizer complete(Tokenizer tokenizer, int padId) {
    return new StartTokenizer(
        tokenizer, tokenizer.size(), Map.of(), padId, null, false, false, false);
  }

  /**
   * Loads the tokenizer of a start.
   *
   * @param images whether images are trained with
   * @param markers whether they stand between marker tokens
   * @param bosToken the token put in front of each sample, or null for the tokenizer's own
   */
  public static StartTokenizer load(
      Path directory,
      TextVersion version,
      boolean images,
      boolean markers,
      @Nullable String bosToken)
      throws IOException {
    Tokenizer start = Tokenizers.load(directory, TokenizerRules.V1_0_SLOW);
    Map<String, Integer> known = new LinkedHashMap<>();
    TOKENS.forEach(token -> start.idOf(token).ifPresent(id -> known.put(token, id)));
    boolean addPad = version == TextVersion.V0 && start.specialTokens().pad().isEmpty();
    List<AddedToken> added = new ArrayList<>();
    if (addPad) {
      added.add(AddedToken.of(VocabularyInitializer.PAD, true));
    }
    if (images) {
      added.add(AddedToken.of(VocabularyInitializer.IM_PATCH, true));
      if (markers) {
        added.add(AddedToken.of(VocabularyInitializer.IM_START, true));
        added.add(AddedToken.of(VocabularyInitializer.IM_END, true));
      }
    }
    Tokenizer all = added.isEmpty() ? start : Tokenizers.withAddedTokens(start, added);
    int pad =
        switch (version) {
          case V0 ->
              addPad
                  ? all.idOf(VocabularyInitializer.PAD).orElseThrow()
                  : start.specialTokens().pad().orElseThrow();
          case V1, MISTRAL_INSTRUCT -> start.specialTokens().unk().orElseThrow();
        };
    return new StartTokenizer(
        all, start.size(), known, pad, bosToken, addPad, images, images && markers);
  }

  /**
   * Returns the id put in front of each sample.
   *
   * @throws IllegalArgumentException if the tokenizer does not know the token
   */
  public OptionalInt bosId() {
    if (bosToken == null) {
      return tokenizer.specialTokens().bos();
    }
    OptionalInt id = tokenizer.idOf(bosToken);
    if (id.isEmpty()) {
      throw new IllegalArgumentException(
          "bosToken: the tokenizer does not know '" + bosToken + "'");
    }
    return id;
  }

  /** Returns the id of {@code <im_patch>}, or -1 without images. */
  public int patchId() {
    return id(VocabularyInitializer.IM_PATCH, images);
  }

  /** Returns the id of {@code <im_start>}, or -1 without markers. */
  public int startId() {
    return id(VocabularyInitializer.IM_START, markers);
  }

  /** Returns the id of {@code <im_end>}, or -1 without markers. */
  public int endId() {
    return id(VocabularyInitializer.IM_END, markers);
  }

  private int id(String token, boolean used) {
    return used ? tokenizer.idOf(token).orElseThrow() : -1;
  }
}
