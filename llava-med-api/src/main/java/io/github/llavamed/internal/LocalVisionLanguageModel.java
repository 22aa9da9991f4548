package io.github.llavamed.internal;

import io.github.llavamed.ChatSession;
import io.github.llavamed.GenerationRequest;
import io.github.llavamed.ModelTrace;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.conversation.QuestionPrompt;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A model whose checkpoint and backend are in this process. */
public final class LocalVisionLanguageModel implements VisionLanguageModel {
  /**
   * The template that v1.0's web server forces on every conversation, {@code
   * llava/serve/gradio_web_server.py}.
   */
  private static final String V10_CHAT_TEMPLATE = "multimodal";

  private final ModelParts parts;
  private final Duration loadTime;
  private final AnswerMaker answers;
  private final AutoCloseable weights;
  private final UseCount use = new UseCount("the model", this::release);
  private final Set<CachedChatSession> chats = new LinkedHashSet<>();

  /**
   * Makes a model of its parts.
   *
   * @param parts the backend among them is closed with the model
   * @param weights what the backend reads from, closed after it
   * @param loadTime how long it took to get the parts
   */
  public LocalVisionLanguageModel(ModelParts parts, AutoCloseable weights, Duration loadTime) {
    this.parts = parts;
    this.weights = weights;
    this.loadTime = loadTime;
    this.answers = new AnswerMaker(parts);
  }

  @Override
  public GenerationResult generate(GenerationRequest request) throws IOException {
    use.enter();
    try {
      Cancellation cancelled = new Cancellation(request.cancelled());
      long start = System.nanoTime();
      QuestionText question = questionText(request);
      Prompt prompt = parts.prompt(question.text(), request.images().size());
      List<PixelValues> pixelValues = parts.pixelValues(request.images());
      long preprocessed = System.nanoTime();
      List<ImageFeatures> features = parts.encode(pixelValues, cancelled);
      AnswerMaker.Prepared prepared =
          new AnswerMaker.Prepared(
              prompt,
              features,
              question.stopStrings(),
              Duration.ofNanos(preprocessed - start),
              Duration.ofNanos(System.nanoTime() - preprocessed));
      int newTokens = Math.min(request.config().maxNewTokens(), parts.room(prompt));
      try (CachedSequence sequence =
          new CachedSequence(parts.backend().openSession(prompt.length() + newTokens))) {
        return answers.answer(sequence, prepared, request, cancelled);
      }
    } finally {
      use.leave();
    }
  }

  @Override
  public ModelTrace trace(GenerationRequest request) throws IOException {
    use.enter();
    try {
      Prompt prompt = parts.prompt(questionText(request).text(), request.images().size());
      List<PixelValues> pixelValues = parts.pixelValues(request.images());
      return new ModelTrace(
          prompt,
          pixelValues,
          parts.backend().trace(pixelValues, prompt.segments()),
          parts.description());
    } finally {
      use.leave();
    }
  }

  /** Prompt text and the stop strings that belong to it. */
  private record QuestionText(String text, List<String> stopStrings) {}

  private QuestionText questionText(GenerationRequest request) {
    if (request.prompt() != null) {
      return new QuestionText(request.prompt(), List.of());
    }
    String name = request.template();
    ConversationTemplate template =
        name == null
            ? ConversationTemplates.bundled().defaultTemplate(family())
            : parts.template(name);
    QuestionPrompt prompt =
        QuestionPrompt.of(
            parts.config(),
            template,
            Objects.requireNonNull(request.question()),
            request.images().size());
    return new QuestionText(prompt.text(), prompt.stopStrings());
  }

  @Override
  public ChatSession startChat() {
    return open(
        family() == ModelFamily.LLAVA_V1_0
            ? parts.template(V10_CHAT_TEMPLATE)
            : ConversationTemplates.bundled().defaultTemplate(family()));
  }

  @Override
  public ChatSession startChat(String template) {
    return open(parts.template(template));
  }

  private ChatSession open(ConversationTemplate template) {
    use.enter();
    try {
      CachedChatSession chat = new CachedChatSession(parts, answers, template, use, this::forget);
      synchronized (chats) {
        chats.add(chat);
      }
      return chat;
    } finally {
      use.leave();
    }
  }

  private void forget(CachedChatSession chat) {
    synchronized (chats) {
      chats.remove(chat);
    }
  }

  @Override
  public Tokenizer tokenizer() {
    return parts.tokenizer();
  }

  @Override
  public LlavaConfig config() {
    return parts.config();
  }

  @Override
  public ModelDescription description() {
    return parts.description();
  }

  @Override
  public Duration loadTime() {
    return loadTime;
  }

  @Override
  public void close() {
    use.close();
  }

  private void release() {
    List<CachedChatSession> open;
    synchronized (chats) {
      open = new ArrayList<>(chats);
    }
    open.forEach(CachedChatSession::close);
    try {
      parts.backend().close();
    } finally {
      closeWeights();
    }
  }

  private void closeWeights() {
    try {
      weights.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the checkpoint could not be closed", e);
    }
  }

  @Override
  public String toString() {
    ModelDescription model = parts.description();
    return "%s (%s) on %s, %s"
        .formatted(model.name(), model.family().id(), model.backendId(), model.precision().id());
  }
}
