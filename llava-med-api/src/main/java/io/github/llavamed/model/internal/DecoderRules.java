package io.github.llavamed.model.internal;

/** What the families agree on about decoder tensors. */
final class DecoderRules {
  private static final String INV_FREQ = "rotary_emb.inv_freq";

  private DecoderRules() {}

  /** Returns true for rotary frequencies, which old files hold in rounded form. */
  static boolean isRotaryFrequency(String storedName) {
    return storedName.endsWith(INV_FREQ);
  }

  static Meaning rotaryFrequency() {
    return new Meaning.Ignored("rotary frequencies are recomputed in float32");
  }

  /** Returns true for {@code embed_tokens.weight}, {@code layers.…} and {@code norm.weight}. */
  static boolean isDecoderPart(String name) {
    return name.equals("embed_tokens.weight")
        || name.equals("norm.weight")
        || name.startsWith("layers.");
  }
}
