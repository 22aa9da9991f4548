package io.github.llavamed.image;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.image.internal.BicubicResampler;
import io.github.llavamed.image.internal.Squares;

/**
 * Prepares images for conversations of the web interface, as {@code Conversation.get_images}.
 *
 * <p>Immutable and safe for concurrent use.
 */
public final class ConversationImages {
  private static final double LONGEST = 800;
  private static final double SHORTEST = 400;

  /** {@code (int) (255 * mean)} with CLIP's mean; a literal in the original. */
  private static final int[] MARGIN = {122, 116, 104};

  private final boolean first;

  private ConversationImages(boolean first) {
    this.first = first;
  }

  /**
   * Returns the rules of a family; {@link ModelFamily#HF_LLAVA} has none of its own and takes those
   * of v1.5.
   */
  public static ConversationImages of(ModelFamily family) {
    return new ConversationImages(family == ModelFamily.LLAVA_V1_0);
  }

  /**
   * Returns the image in its process mode, bounded in size.
   *
   * @throws IllegalArgumentException for {@link ImageProcessMode#DEFAULT} with v1.0, which does not
   *     know it
   */
  public RgbImage process(RgbImage image, ImageProcessMode mode) {
    return switch (mode) {
      case PAD -> bound(Squares.pad(image, MARGIN, 0), first);
      case CROP -> bound(image, first);
      case DEFAULT -> {
        if (first) {
          throw new IllegalArgumentException(
              "Invalid image_process_mode: Default; expected Pad, Crop or Resize with v1.0");
        }
        yield bound(image, false);
      }
      case RESIZE -> {
        int side = first ? 224 : 336;
        yield bound(BicubicResampler.resize(image, side, side), first);
      }
    };
  }

  /** Returns the image as the chat window shows it: bounded in size, whatever the mode. */
  public RgbImage chatbotImage(RgbImage image) {
    return bound(image, true);
  }

  /** Bounds the size; the original either always resizes or only when the longer side changes. */
  private static RgbImage bound(RgbImage image, boolean always) {
    int longer = Math.max(image.width(), image.height());
    int shorter = Math.min(image.width(), image.height());
    double ratio = (double) longer / shorter;
    int shortest = (int) Math.min(Math.min(LONGEST / ratio, SHORTEST), shorter);
    int longest = (int) (shortest * ratio);
    if (shortest < 1) {
      throw new ImageRejectedException(
          "image of %d x %d: expected an aspect ratio of at most 800, found more; crop the image"
              .formatted(image.width(), image.height()));
    }
    if (!always && longest == longer) {
      return image;
    }
    return image.height() > image.width()
        ? BicubicResampler.resize(image, shortest, longest)
        : BicubicResampler.resize(image, longest, shortest);
  }
}
