package io.github.llavamed.model.internal;

/** v1.0.0: canonical names, a single projector layer without a number, no tower. */
final class V10Layout implements FamilyLayout {
  private static final String CANONICAL_PROJECTOR = CanonicalNames.PROJECTOR + "0.";

  @Override
  public Meaning meaningOf(String storedName) {
    if (DecoderRules.isRotaryFrequency(storedName)) {
      return DecoderRules.rotaryFrequency();
    }
    if (storedName.equals(CanonicalNames.LM_HEAD)) {
      return new Meaning.Weight(storedName);
    }
    if (storedName.startsWith(CanonicalNames.PROJECTOR)) {
      String parameter = storedName.substring(CanonicalNames.PROJECTOR.length());
      return parameter.equals("weight") || parameter.equals("bias")
          ? new Meaning.Weight(CANONICAL_PROJECTOR + parameter)
          : new Meaning.Unknown();
    }
    return storedName.startsWith(CanonicalNames.DECODER)
            && DecoderRules.isDecoderPart(storedName.substring(CanonicalNames.DECODER.length()))
        ? new Meaning.Weight(storedName)
        : new Meaning.Unknown();
  }

  @Override
  public String storedName(String canonical) {
    return canonical.startsWith(CANONICAL_PROJECTOR)
        ? CanonicalNames.PROJECTOR + canonical.substring(CANONICAL_PROJECTOR.length())
        : canonical;
  }

  @Override
  public boolean cutsRowsBeyondTokenizer() {
    return false;
  }
}
