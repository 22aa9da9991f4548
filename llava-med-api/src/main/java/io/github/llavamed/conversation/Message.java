package io.github.llavamed.conversation;

import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation: a text, a text with an image, or the place of an answer to come.
 *
 * @param role who speaks
 * @param text what is said; null or empty is the place of an answer; never null beside an image
 * @param image the image that belongs to the text, or null
 */
public record Message(Role role, @Nullable String text, @Nullable MessageImage image) {
  /** Checks that an image comes with a text. */
  public Message {
    if (image != null && text == null) {
      throw new IllegalArgumentException(
          "a message with an image needs a text, maybe an empty one");
    }
  }

  /** Returns a message without image; a null text is the place of an answer. */
  public static Message of(Role role, @Nullable String text) {
    return new Message(role, text, null);
  }

  /** Returns a message with an image that waits for the standard treatment. */
  public static Message withImage(Role role, String text, int imageIndex) {
    return new Message(role, text, new MessageImage(imageIndex, ImageProcessMode.DEFAULT));
  }

  /** Returns whether the message is the place of an answer: no image, and null or empty text. */
  public boolean isPlaceholder() {
    return image == null && (text == null || text.isEmpty());
  }

  /** Returns the text, empty for a null one. */
  public String textOrEmpty() {
    return text == null ? "" : text;
  }
}
