package io.github.llavamed.image;

import java.util.Arrays;
import java.util.List;

/** How the web interface treats an image before it is put into a conversation. */
public enum ImageProcessMode {
  /** Pad to a square with (122, 116, 104). */
  PAD("Pad"),
  /** Leave it, the processor crops later. */
  CROP("Crop"),
  /** Stretch to the square of the tower. */
  RESIZE("Resize"),
  /** As {@link #CROP}; a name that v1.5 added. */
  DEFAULT("Default");

  private final String label;

  ImageProcessMode(String label) {
    this.label = label;
  }

  /** Returns the name in the web interface. */
  public String label() {
    return label;
  }

  /**
   * Returns the mode with that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ImageProcessMode of(String label) {
    List<ImageProcessMode> modes = Arrays.asList(values());
    return modes.stream()
        .filter(mode -> mode.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Invalid image_process_mode: %s; expected one of %s"
                        .formatted(label, modes.stream().map(ImageProcessMode::label).toList())));
  }
}
