package io.github.llavamed;

import io.github.llavamed.conversation.Conversation;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.ImageInput;
import java.io.IOException;
import java.util.List;

/**
 * A conversation of several turns with one model.
 *
 * <p>Keeps the decoder's cache between turns and reads only what is new; answers are those of
 * reading everything again. One turn at a time: calls from several threads wait for each other.
 * Owns native memory: whoever started it closes it; closing the model closes it too.
 */
public interface ChatSession extends AutoCloseable {
  /**
   * Says the user's next turn and returns the answer, which becomes part of the conversation with
   * white space at its ends removed.
   *
   * <p>If an exception ends the turn, or it is cancelled before the first token, the conversation
   * is as before. An answer that is cancelled later stays in the conversation as far as it came.
   *
   * @param request a question, with images that belong to this turn; no template. A question with
   *     {@code <image>} in it, one per image of the turn, is used as it stands; otherwise the
   *     images are put where the family has them
   * @throws IllegalArgumentException if the request holds an exact prompt or a template
   * @throws IOException if an image cannot be read
   * @throws io.github.llavamed.inference.ContextLengthExceededException if the conversation leaves
   *     no room for an answer
   * @throws IllegalStateException if the conversation or its model is closed
   */
  GenerationResult ask(GenerationRequest request) throws IOException;

  /** Says the user's next turn without an image, by default settings. */
  default GenerationResult ask(String question) throws IOException {
    return ask(List.of(), question);
  }

  /** Says the user's next turn with an image, by default settings. */
  default GenerationResult ask(ImageInput image, String question) throws IOException {
    return ask(List.of(image), question);
  }

  /** Says the user's next turn with several images, by default settings. */
  default GenerationResult ask(List<ImageInput> images, String question) throws IOException {
    return ask(GenerationRequest.question(question).images(images).build());
  }

  /**
   * Replaces the last answer, for example by an edited one.
   *
   * @throws IllegalStateException if there is no answer yet, or the session is closed
   */
  void replaceLastAnswer(String text);

  /** Returns a copy of the conversation so far. */
  Conversation conversation();

  /** Frees the cache; the second time does nothing. */
  @Override
  void close();
}
