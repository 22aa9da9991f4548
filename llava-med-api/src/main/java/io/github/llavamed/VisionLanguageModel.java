package io.github.llavamed;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A loaded model that answers questions about images.
 *
 * <p>Safe for concurrent use. Owns native memory and mapped files: whoever loaded it closes it.
 * Research use only, not for clinical use.
 */
public interface VisionLanguageModel extends AutoCloseable {
  /**
   * Answers one request.
   *
   * @throws IOException if an image cannot be read
   * @throws io.github.llavamed.image.ImageRejectedException if an image is malformed or too large
   * @throws io.github.llavamed.inference.ContextLengthExceededException if the prompt leaves no
   *     room for an answer
   * @throws io.github.llavamed.error.LlavaMedException if prompt and images do not fit together
   * @throws IllegalStateException if the model is closed
   */
  GenerationResult generate(GenerationRequest request) throws IOException;

  /** Answers a question about one image, by default settings. */
  default GenerationResult ask(ImageInput image, String question) throws IOException {
    return ask(List.of(image), question);
  }

  /** Answers a question about several images, or none, by default settings. */
  default GenerationResult ask(List<ImageInput> images, String question) throws IOException {
    return generate(GenerationRequest.question(question).images(images).build());
  }

  /**
   * Runs one forward pass over the prompt of a request and returns every intermediate result.
   * Nothing is generated.
   *
   * @throws UnsupportedOperationException if the backend cannot show them
   * @throws IOException if an image cannot be read
   * @throws IllegalStateException if the model is closed
   */
  ModelTrace trace(GenerationRequest request) throws IOException;

  /** Starts a conversation in the family's default template; the caller closes it. */
  ChatSession startChat();

  /**
   * Starts a conversation; the caller closes it.
   *
   * @param template name of a conversation template of the family
   * @throws IllegalStateException if the model is closed
   */
  ChatSession startChat(String template);

  /** Returns the tokenizer, tokens that the family adds on load included. */
  Tokenizer tokenizer();

  /** Returns the configuration. */
  LlavaConfig config();

  /** Returns the name of the model and what it runs on. */
  ModelDescription description();

  /** Returns how long loading took, conversions for the backend included. */
  Duration loadTime();

  /** Returns the layout of the checkpoint. */
  default ModelFamily family() {
    return config().family();
  }

  /** Returns the id of the backend that runs. */
  default String backendId() {
    return description().backendId();
  }

  /** Returns the number format that runs. */
  default Precision precision() {
    return description().precision();
  }

  /**
   * Closes the model and its conversations; the second time does nothing.
   *
   * <p>Does not wait: calls that are running finish, and native memory is freed after the last of
   * them.
   */
  @Override
  void close();
}
