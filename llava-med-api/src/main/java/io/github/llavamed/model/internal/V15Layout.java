package io.github.llavamed.model.internal;

/** v1.5: canonical names, a projector with or without numbers, maybe the tower. */
final class V15Layout implements FamilyLayout {
  private static final String TOWER = "model.vision_tower.vision_tower.";

  private final V10Layout base = new V10Layout();
  private final boolean projectorIsSequence;

  /**
   * Creates the layout.
   *
   * @param projectorIsSequence true for {@code mlpNx_gelu}, false for {@code linear}
   */
  V15Layout(boolean projectorIsSequence) {
    this.projectorIsSequence = projectorIsSequence;
  }

  @Override
  public Meaning meaningOf(String storedName) {
    if (storedName.startsWith(TOWER)) {
      return ClipTowerNames.meaningOf(storedName.substring(TOWER.length()));
    }
    return projectorIsSequence && storedName.startsWith(CanonicalNames.PROJECTOR)
        ? new Meaning.Weight(storedName)
        : base.meaningOf(storedName);
  }

  @Override
  public String storedName(String canonical) {
    if (CanonicalNames.isTower(canonical)) {
      return TOWER + canonical;
    }
    return projectorIsSequence ? canonical : base.storedName(canonical);
  }

  @Override
  public boolean cutsRowsBeyondTokenizer() {
    return true;
  }
}
