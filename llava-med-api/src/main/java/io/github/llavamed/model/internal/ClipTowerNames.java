package io.github.llavamed.model.internal;

/** The tensors of a CLIP model, named as in its own files. */
final class ClipTowerNames {
  private static final String POSITION_IDS = "embeddings.position_ids";

  private ClipTowerNames() {}

  /** Returns what a tensor of a CLIP file means: the vision half, or a part that is not needed. */
  static Meaning meaningOf(String name) {
    if (name.endsWith(POSITION_IDS)) {
      return new Meaning.Ignored("position ids are 0, 1, 2 …");
    }
    if (name.startsWith(CanonicalNames.CLIP + "post_layernorm.")) {
      return new Meaning.Ignored("the tower's final norm is never applied to hidden states");
    }
    if (name.startsWith(CanonicalNames.CLIP)) {
      return new Meaning.Weight(name);
    }
    if (name.startsWith("text_model.")) {
      return new Meaning.Ignored("text tower of CLIP");
    }
    return switch (name) {
      case "logit_scale" -> new Meaning.Ignored("temperature of CLIP's loss");
      case "visual_projection.weight", "text_projection.weight" ->
          new Meaning.Ignored("projection to CLIP's joint space");
      default -> new Meaning.Unknown();
    };
  }
}
