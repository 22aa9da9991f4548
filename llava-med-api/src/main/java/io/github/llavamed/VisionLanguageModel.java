package io.github.llavamed;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.ChoiceResult;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.BackendRuntime;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
   * Answers several requests, as many at a time as the backend gains by: all that fit into one step
   * of its decoder, or where it takes one at a time, half as many as there are processors, but at
   * most four.
   *
   * @see #generateAll(List, int)
   */
  default List<GenerationResult> generateAll(List<GenerationRequest> requests) throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    return generateAll(requests, Math.max(1, Math.min(4, processors / 2)));
  }

  /**
   * Answers several requests and returns the results in their order, each the same as {@link
   * #generate} gives.
   *
   * <p>Requests begin in their order; the first failure ends all of them. Where the backend gains
   * by it, their answers are decoded in step, whatever their images: the calling thread reads one
   * prompt after the other, as soon as there is room for another answer, and calls the listeners in
   * turn; consecutive requests share what their prompts have in common. In step the answers wait
   * for the prompts of others, which counts in their times; requests with beams, several answers or
   * a time limit run alone in between. On other backends every request has a thread and a decoder
   * cache of its own.
   *
   * @param parallelism largest number of requests at a time, ≥ 1
   * @throws IllegalArgumentException if the parallelism is below 1
   * @throws IOException if an image cannot be read, or the calling thread is interrupted ({@link
   *     java.io.InterruptedIOException})
   * @throws IllegalStateException if the model is closed
   */
  default List<GenerationResult> generateAll(List<GenerationRequest> requests, int parallelism)
      throws IOException {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism: expected 1 or more, found " + parallelism);
    }
    List<GenerationResult> results = new ArrayList<>();
    for (GenerationRequest request : requests) {
      results.add(generate(request));
    }
    return List.copyOf(results);
  }

  /** Answers several questions about one image, by default settings. */
  default List<GenerationResult> answerAll(ImageInput image, List<String> questions)
      throws IOException {
    return answerAll(List.of(image), questions, GenerationConfig.defaults());
  }

  /**
   * Answers several questions about the same images, each the same as {@link #generate} gives.
   *
   * <p>Images are encoded once, of each prompt only what follows the longest prefix that it shares
   * with the one before is read, and the answers are decoded in step where the backend gains by it.
   * Kernels that add up a single row in another order than several (weights in blocks, as in int4)
   * may then give other last digits than a prompt read as a whole.
   *
   * @param images one or more, or none
   * @param questions without places for images
   * @throws IOException if an image cannot be read
   * @throws IllegalStateException if the model is closed
   */
  default List<GenerationResult> answerAll(
      List<ImageInput> images, List<String> questions, GenerationConfig config) throws IOException {
    List<GenerationResult> results = new ArrayList<>();
    for (String question : questions) {
      results.add(
          generate(GenerationRequest.question(question).images(images).config(config).build()));
    }
    return List.copyOf(results);
  }

  /**
   * Answers several requests, each the same as {@link #generate} gives, and hands on the results in
   * the order of the requests, each as soon as it and all before it are there.
   *
   * <p>Runs as {@link #generateAll(List)} does on the calling thread. Requests about the same
   * images belong one behind the other: these are then encoded once, and of each prompt only what
   * follows the longest prefix that it shares with the one before is read, with the last digits as
   * in {@link #answerAll(List, List, GenerationConfig)}. A failure ends its request and all behind
   * it; those before it are finished and handed on first.
   *
   * @throws IOException if an image cannot be read, or the receiver throws it
   * @throws IllegalStateException if the model is closed
   */
  default void answerEach(List<GenerationRequest> requests, GenerationReceiver receiver)
      throws IOException {
    for (int i = 0; i < requests.size(); i++) {
      receiver.accept(i, generate(requests.get(i)));
    }
  }

  /**
   * Says how probable given answers to a request are. Nothing is generated; the request's
   * configuration does not count.
   *
   * @param choices at least one text; each is encoded on its own without BOS
   * @throws IllegalArgumentException if there is no choice, or one has no tokens
   * @throws io.github.llavamed.inference.ContextLengthExceededException if prompt and longest
   *     choice do not fit the context
   * @throws UnsupportedOperationException if this model cannot score
   * @throws IOException if an image cannot be read
   * @throws IllegalStateException if the model is closed
   */
  default ChoiceResult choose(GenerationRequest request, List<String> choices) throws IOException {
    throw new UnsupportedOperationException("this model cannot score given answers");
  }

  /** Says how probable given answers to a question about one image are. */
  default ChoiceResult choose(ImageInput image, String question, List<String> choices)
      throws IOException {
    return choose(GenerationRequest.question(question).images(image).build(), choices);
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

  /** Returns the library that the backend computes with; empty if there is none to name. */
  default Optional<BackendRuntime> runtime() {
    return Optional.empty();
  }

  /** Returns the directory of the vision tower; empty if the checkpoint's own tensors are used. */
  default Optional<Path> visionTowerDirectory() {
    return Optional.empty();
  }

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
