package io.github.llavamed.prompt;

/** Thrown when a prompt has places for more or fewer images than the request has. */
public class ImageCountException extends InvalidPromptException {
  private static final long serialVersionUID = 1L;

  private final int places;
  private final int images;

  /**
   * Creates the exception.
   *
   * @param places images that the prompt has places for
   * @param images images that the request has
   */
  public ImageCountException(int places, int images) {
    this(
        "the prompt has places for %d image(s), the request has %d; write <image> once per image"
            .formatted(places, images),
        places,
        images);
  }

  ImageCountException(String message, int places, int images) {
    super(message);
    this.places = places;
    this.images = images;
  }

  /** Returns how many images the prompt has places for. */
  public int places() {
    return places;
  }

  /** Returns how many images the request has. */
  public int images() {
    return images;
  }
}
