package io.github.llavamed.demo.phantom;

import java.util.Optional;

/** What an image shows: everything that texts and labels are made from. Immutable. */
public sealed interface Phantom permits ChestXray, AbdominalCt, BrainMri, HistologySlide {
  /** Returns the kind of image. */
  Modality modality();

  /** Returns what is abnormal. */
  Finding finding();

  /** Returns the side of the finding, if it has one. */
  default Optional<Side> side() {
    return Optional.empty();
  }

  /** Returns where the finding is besides its side, if that is known. */
  default Optional<Zone> zone() {
    return Optional.empty();
  }

  /** Returns the place of the finding in words, {@code left upper lobe}, if it has one. */
  default Optional<String> location() {
    return Optional.empty();
  }

  /** Returns the findings as the end of a sentence, {@code a nodule in the left upper lobe}. */
  default String phrase() {
    return switch (finding()) {
      case NONE -> "no abnormality";
      case HYDROCEPHALUS -> "hydrocephalus with enlarged ventricles";
      default -> finding().withArticle() + location().map(place -> " in the " + place).orElse("");
    };
  }
}
