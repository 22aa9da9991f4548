package io.github.llavamed.demo.text;

import java.util.List;
import java.util.Locale;

/** What a question is about; the order is that of the table in the model card. */
public enum QuestionKind {
  /** Which kind of image it is. */
  MODALITY(
      false,
      "What modality is this?",
      "What imaging modality was used?",
      "What type of image is this?"),
  /** Which part of the body is shown. */
  PART(false, "What body part is shown?", "Which part of the body is this?"),
  /** Whether it is a given kind of image. */
  IS_MODALITY(true, "Is this %s?"),
  /** Whether nothing is abnormal. */
  NORMAL(true, "Is this image normal?", "Does the image look normal?"),
  /** Whether a given finding is there. */
  PRESENT(true, "Is there %s?", "Does the image show %s?"),
  /** What the finding is. */
  FINDING(false, "What abnormality is seen?", "What is the main finding?"),
  /** Where the finding is. */
  WHERE(false, "Where is the %s?", "In which location is the %s?"),
  /** Whether the finding is on a given side. */
  SIDE(true, "Is the %s on the left side?", "Is the %s on the right side?"),
  /** On which side the finding is. */
  WHICH_SIDE(false, "On which side is the %s?", "Which side is abnormal?"),
  /** Whether the heart is wide; x-rays only. */
  HEART(true, "Is the heart enlarged?", "Is there cardiomegaly?"),
  /** Whether there is a gland; histology only. */
  GLAND(true, "Is a gland present?", "Is there a gland?"),
  /** How the cells look; histology only. */
  CELLS(false, "What cells are seen?", "Describe the cells.");

  private final boolean closed;
  private final List<String> templates;

  QuestionKind(boolean closed, String... templates) {
    this.closed = closed;
    this.templates = List.of(templates);
  }

  /** Returns whether the answer is yes or no. */
  public boolean isClosed() {
    return closed;
  }

  /** Returns the wordings; {@code %s} stands for a finding or a kind of image. */
  public List<String> templates() {
    return templates;
  }

  /** Returns the name in question files, {@code which_side}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
