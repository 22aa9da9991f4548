package io.github.llavamed.model.internal;

import java.util.Set;

/** Hugging Face LLaVA: three layouts of the same parts (model.md 5). */
final class HfLayout implements FamilyLayout {
  private static final String CLASSIC = "language_model.";
  private static final String LINEAR_1 = "linear_1.";
  private static final String LINEAR_2 = "linear_2.";

  private final String decoder;
  private final String head;
  private final String tower;
  private final String towerModel;
  private final String projector;

  private HfLayout(String decoder, String head, String tower, String towerModel, String projector) {
    this.decoder = decoder;
    this.head = head;
    this.tower = tower;
    this.towerModel = towerModel;
    this.projector = projector;
  }

  /** Tells the layouts apart by the decoder's prefix and by the tower's first tensor. */
  static HfLayout detect(Set<String> storedNames) {
    boolean classic = storedNames.stream().anyMatch(name -> name.startsWith(CLASSIC));
    String root = classic ? "" : "model.";
    String tower = root + "vision_tower.";
    boolean bare = storedNames.contains(tower + "embeddings.class_embedding");
    return new HfLayout(
        classic ? "language_model.model." : "model.language_model.",
        classic ? "language_model.lm_head.weight" : CanonicalNames.LM_HEAD,
        tower,
        bare ? "" : CanonicalNames.CLIP,
        root + "multi_modal_projector.");
  }

  @Override
  public Meaning meaningOf(String storedName) {
    if (DecoderRules.isRotaryFrequency(storedName)) {
      return DecoderRules.rotaryFrequency();
    }
    if (storedName.equals(head)) {
      return new Meaning.Weight(CanonicalNames.LM_HEAD);
    }
    if (storedName.startsWith(tower + towerModel)) {
      String inner = storedName.substring(tower.length() + towerModel.length());
      return ClipTowerNames.meaningOf(CanonicalNames.CLIP + inner);
    }
    if (storedName.startsWith(projector)) {
      return projector(storedName.substring(projector.length()));
    }
    if (storedName.startsWith(decoder)) {
      String part = storedName.substring(decoder.length());
      return DecoderRules.isDecoderPart(part)
          ? new Meaning.Weight(CanonicalNames.DECODER + part)
          : new Meaning.Unknown();
    }
    return new Meaning.Unknown();
  }

  private static Meaning projector(String part) {
    if (part.startsWith(LINEAR_1)) {
      return new Meaning.Weight(
          CanonicalNames.PROJECTOR + "0." + part.substring(LINEAR_1.length()));
    }
    return part.startsWith(LINEAR_2)
        ? new Meaning.Weight(CanonicalNames.PROJECTOR + "2." + part.substring(LINEAR_2.length()))
        : new Meaning.Unknown();
  }

  @Override
  public String storedName(String canonical) {
    if (canonical.equals(CanonicalNames.LM_HEAD)) {
      return head;
    }
    if (canonical.startsWith(CanonicalNames.CLIP)) {
      return tower + towerModel + canonical.substring(CanonicalNames.CLIP.length());
    }
    if (canonical.startsWith(CanonicalNames.PROJECTOR)) {
      String part = canonical.substring(CanonicalNames.PROJECTOR.length());
      return projector + (part.startsWith("0.") ? LINEAR_1 : LINEAR_2) + part.substring(2);
    }
    return decoder + canonical.substring(CanonicalNames.DECODER.length());
  }

  @Override
  public boolean cutsRowsBeyondTokenizer() {
    return false;
  }
}
