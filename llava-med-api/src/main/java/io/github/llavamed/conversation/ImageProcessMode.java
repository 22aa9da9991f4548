package io.github.llavamed.conversation;

/** What happens to an image of a conversation before it is shown or sent to a worker. */
public enum ImageProcessMode {
  /** Nothing; v1.5 only. */
  DEFAULT("Default"),
  /** Nothing: the image processor crops later. */
  CROP("Crop"),
  /** Pad to a square with the mean colour. */
  PAD("Pad"),
  /** Resize to the tower's square: 224 pixels in v1.0, 336 in v1.5. */
  RESIZE("Resize");

  private final String label;

  ImageProcessMode(String label) {
    this.label = label;
  }

  /** Returns the original's word: {@code Default}, {@code Crop}, {@code Pad}, {@code Resize}. */
  public String label() {
    return label;
  }

  /**
   * Returns the mode with this label.
   *
   * @param label matched exactly
   * @throws InvalidConversationException if there is none
   */
  public static ImageProcessMode ofLabel(String label) {
    for (ImageProcessMode mode : values()) {
      if (mode.label.equals(label)) {
        return mode;
      }
    }
    throw new InvalidConversationException(
        "Invalid image_process_mode: " + label + "; expected Default, Crop, Pad or Resize");
  }
}
