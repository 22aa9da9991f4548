package io.github.llavamed.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Adds the image tokens to a vocabulary and gives them rows, as {@code initialize_vision_tokenizer}
 * of v1.0.0 and v1.5 do (model.md 2.6).
 *
 * <p>In this order: {@code [PAD]}, {@code <im_patch>}, then both markers. After each addition the
 * matrices get as many rows as the tokenizer has ids, which may also cut rows. New pad and marker
 * rows become the mean of all rows before them; the patch row stays as drawn. An adapter's rows
 * then replace those of the markers in the input embedding. Safe for concurrent use if its {@link
 * NewRows} is.
 */
public final class VocabularyInitializer {
  /** The token that stands for one image patch. */
  public static final String IM_PATCH = "<im_patch>";

  /** The token before an image. */
  public static final String IM_START = "<im_start>";

  /** The token after an image. */
  public static final String IM_END = "<im_end>";

  /** The token that v1.0.0 adds to fill up batches. */
  public static final String PAD = "[PAD]";

  private static final int MARKERS = 2;

  private final VocabularyOptions options;
  private final NewRows newRows;

  /** Creates an initializer; {@code newRows} fills the rows that no rule says more about. */
  public VocabularyInitializer(VocabularyOptions options, NewRows newRows) {
    this.options = options;
    this.newRows = newRows;
  }

  /**
   * Returns the initialised vocabulary; the given matrices are not changed.
   *
   * @param embedding the input embedding // [v, c]
   * @param lmHead the output embedding, of the same size // [v, c]
   * @param tokenizerLength number of ids of the tokenizer, > 0; may differ from the rows
   * @param knownTokens those of the tokens above that the tokenizer already knows, with their ids
   * @throws IncompatibleWeightsException if the two matrices differ in size, or an adapter does not
   *     fit
   */
  public VocabularyInitialization initialize(
      FloatMatrix embedding,
      FloatMatrix lmHead,
      int tokenizerLength,
      Map<String, Integer> knownTokens) {
    if (embedding.rows() != lmHead.rows() || embedding.columns() != lmHead.columns()) {
      throw new IncompatibleWeightsException(
          "lm_head.weight: expected the shape of model.embed_tokens.weight, "
              + embedding.shape()
              + ", found "
              + lmHead.shape());
    }
    if (tokenizerLength < 1) {
      throw new IllegalArgumentException(
          "tokenizerLength: expected at least 1, found " + tokenizerLength);
    }
    Run run = new Run(embedding, lmHead, tokenizerLength, knownTokens);
    if (options.addPadToken()) {
      run.setToMean(run.add(PAD));
    }
    if (options.useImPatchToken()) {
      run.add(IM_PATCH);
    }
    if (options.useImStartEnd()) {
      int newMarkers = run.add(IM_START, IM_END);
      run.setToMean(newMarkers);
      FloatMatrix adapter = options.adapterEmbedTokens();
      if (adapter != null) {
        run.copyMarkers(adapter, newMarkers);
      }
    }
    boolean resized = run.embedding.rows() != embedding.rows();
    return new VocabularyInitialization(
        run.embedding, run.lmHead, run.ids, run.added, List.copyOf(run.drawn), resized);
  }

  /** The growing vocabulary of one call. */
  private final class Run {
    private final Map<String, Integer> known;
    private final Map<String, Integer> ids = new LinkedHashMap<>();
    private final List<String> added = new ArrayList<>();
    private final SortedSet<Integer> drawn = new TreeSet<>();
    private int length;
    private FloatMatrix embedding; // [v, c]
    private FloatMatrix lmHead; // [v, c]

    Run(FloatMatrix embedding, FloatMatrix lmHead, int length, Map<String, Integer> known) {
      this.embedding = embedding.resized(embedding.rows());
      this.lmHead = lmHead.resized(lmHead.rows());
      this.length = length;
      this.known = known;
    }

    /** Adds tokens, resizes to the tokenizer's length, and returns how many were new. */
    int add(String... tokens) {
      int before = length;
      for (String token : tokens) {
        Integer id = known.get(token);
        if (id == null) {
          id = length++;
          added.add(token);
        }
        ids.put(token, id);
      }
      resize();
      return length - before;
    }

    private void resize() {
      int before = embedding.rows();
      embedding = embedding.resized(length);
      lmHead = lmHead.resized(length);
      for (int row = before; row < length; row++) {
        embedding.setRow(row, newRows.draw(NewRows.Matrix.EMBEDDING, row, embedding.columns()));
        drawn.add(row);
      }
      for (int row = before; row < length; row++) {
        lmHead.setRow(row, newRows.draw(NewRows.Matrix.LM_HEAD, row, lmHead.columns()));
      }
    }

    /** Sets the last {@code count} rows of both matrices to the mean of the rows before them. */
    void setToMean(int count) {
      if (count == 0) {
        return;
      }
      int first = length - count;
      float[] embeddingMean = embedding.meanOfFirst(first);
      float[] headMean = lmHead.meanOfFirst(first);
      for (int row = first; row < length; row++) {
        embedding.setRow(row, embeddingMean);
        lmHead.setRow(row, headMean);
        drawn.remove(row);
      }
    }

    void copyMarkers(FloatMatrix adapter, int newMarkers) {
      if (newMarkers != MARKERS) {
        throw new IncompatibleWeightsException(
            "an adapter's rows need "
                + MARKERS
                + " new tokens, found "
                + newMarkers
                + ": the tokenizer already knows "
                + (newMarkers == 0 ? "both markers" : "one marker")
                + "; start from a tokenizer without them, or give no adapter");
      }
      boolean whole =
          adapter.rows() == embedding.rows() && adapter.columns() == embedding.columns();
      if (!whole && (adapter.rows() != MARKERS || adapter.columns() != embedding.columns())) {
        // The original's words (with its spelling), so that they can be searched for.
        throw new IncompatibleWeightsException(
            "Unexpected embed_tokens_weight shape. Pretrained: torch.Size("
                + adapter.shape()
                + "). Current: torch.Size("
                + embedding.shape()
                + "). Numer of new tokens: "
                + newMarkers
                + ". Expected the current shape, or "
                + MARKERS
                + " rows");
      }
      for (int i = 1; i <= MARKERS; i++) {
        embedding.setRow(length - i, adapter.row(adapter.rows() - i));
      }
    }
  }
}
