package io.github.llavamed.demo.phantom;

import java.util.Locale;

/** A place that a finding has besides its side. */
public enum Zone {
  /** Upper part of a lung. */
  UPPER,
  /** Lower part of a lung. */
  LOWER,
  /** Front of the brain. */
  FRONTAL,
  /** Back of the brain. */
  OCCIPITAL,
  /** In the liver. */
  LIVER,
  /** In the spleen. */
  SPLEEN;

  /** Returns the word in a sentence. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
