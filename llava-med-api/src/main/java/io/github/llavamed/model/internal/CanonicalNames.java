package io.github.llavamed.model.internal;

/** The names of {@link io.github.llavamed.inference.ModelWeights}. */
public final class CanonicalNames {
  /** The token embedding // [v, c]. */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  /** The output embedding // [v, c]. */
  public static final String LM_HEAD = "lm_head.weight";

  static final String DECODER = "model.";
  static final String LAYERS = "model.layers.";
  static final String NORM = "model.norm.weight";
  static final String PROJECTOR = "model.mm_projector.";
  static final String CLIP = "vision_model.";
  static final String CLIP_LAYERS = "vision_model.encoder.layers.";
  static final String TRUNK = "visual.trunk.";
  static final String TRUNK_BLOCKS = "visual.trunk.blocks.";

  private CanonicalNames() {}

  /** Returns true if a canonical name belongs to a vision tower. */
  public static boolean isTower(String canonical) {
    return canonical.startsWith(CLIP) || canonical.startsWith(TRUNK);
  }

  /** Returns true for the embedding and the head, whose rows the file decides. */
  static boolean hasVocabularyRows(String canonical) {
    return canonical.equals(EMBEDDING) || canonical.equals(LM_HEAD);
  }
}
