package io.github.llavamed.demo.phantom;

/**
 * A stained section of tissue.
 *
 * @param finding none, carcinoma or inflammation
 * @param gland whether there is a gland
 */
public record HistologySlide(Finding finding, boolean gland) implements Phantom {
  @Override
  public Modality modality() {
    return Modality.HISTOLOGY;
  }

  /** Returns how the cells look in words: {@code many large}, {@code many small}, {@code few}. */
  public String cells() {
    return switch (finding) {
      case CARCINOMA -> "many large";
      case INFLAMMATION -> "many small";
      default -> "few";
    };
  }
}
