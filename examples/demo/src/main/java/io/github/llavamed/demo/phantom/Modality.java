package io.github.llavamed.demo.phantom;

/** The kinds of image that phantoms imitate. */
public enum Modality {
  /** Radiograph of the chest, from the front. */
  XRAY("chest x-ray", "a", "x-ray", "chest"),
  /** Slice through the abdomen. */
  CT("abdominal CT scan", "an", "ct", "abdomen"),
  /** Slice through the head. */
  MRI("brain MRI", "a", "mri", "brain"),
  /** Stained section under the microscope. */
  HISTOLOGY("histology slide", "a", "histology", "tissue");

  private final String longName;
  private final String article;
  private final String shortName;
  private final String part;

  Modality(String longName, String article, String shortName, String part) {
    this.longName = longName;
    this.article = article;
    this.shortName = shortName;
    this.part = part;
  }

  /** Returns the name in a sentence, {@code chest x-ray}. */
  public String longName() {
    return longName;
  }

  /** Returns article and name, {@code an abdominal CT scan}. */
  public String withArticle() {
    return article + " " + longName;
  }

  /** Returns the name as a short answer, {@code x-ray}. */
  public String shortName() {
    return shortName;
  }

  /** Returns what is shown, {@code chest}. */
  public String part() {
    return part;
  }
}
