package io.github.llavamed.internal;

import io.github.llavamed.ChatSession;
import io.github.llavamed.GenerationReceiver;
import io.github.llavamed.GenerationRequest;
import io.github.llavamed.ModelTrace;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.generation.ChoiceResult;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendRuntime;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable Path visionTower;
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
    this(parts, weights, null, loadTime);
  }

  /**
   * Makes a model of its parts.
   *
   * @param parts the backend among them is closed with the model
   * @param weights what the backend reads from, closed after it
   * @param visionTower the tower's own directory, or null
   * @param loadTime how long it took to get the parts
   */
  public LocalVisionLanguageModel(
      ModelParts parts, AutoCloseable weights, @Nullable Path visionTower, Duration loadTime) {
    this.parts = parts;
    this.weights = weights;
    this.visionTower = visionTower;
    this.loadTime = loadTime;
    this.answers = new AnswerMaker(parts);
  }

  @Override
  public GenerationResult generate(GenerationRequest request) throws IOException {
    use.enter();
    try {
      return generate(request, request.cancelled());
    } finally {
      use.leave();
    }
  }

  private GenerationResult generate(GenerationRequest request, BooleanSupplier caller)
      throws IOException {
    Cancellation cancelled = new Cancellation(caller);
    AnswerMaker.Prepared prepared = prepare(request, cancelled);
    try (CachedSequence sequence = openSequence(prepared.prompt(), request)) {
      return answers.answer(sequence, prepared, request, cancelled);
    }
  }

  private CachedSequence openSequence(Prompt prompt, GenerationRequest request) {
    return new CachedSequence(parts.backend().openSession(parts.positions(prompt, request)));
  }

  private AnswerMaker.Prepared prepare(GenerationRequest request, BooleanSupplier cancelled)
      throws IOException {
    long start = System.nanoTime();
    RequestText question = RequestText.of(request, parts);
    Prompt prompt = parts.prompt(question.text(), request.images().size());
    List<PixelValues> pixelValues = parts.pixelValues(request.images());
    long preprocessed = System.nanoTime();
    List<ImageFeatures> features = parts.encode(pixelValues, cancelled);
    return new AnswerMaker.Prepared(
        prompt,
        features,
        question.stopStrings(),
        Duration.ofNanos(preprocessed - start),
        Duration.ofNanos(System.nanoTime() - preprocessed));
  }

  @Override
  public List<GenerationResult> generateAll(List<GenerationRequest> requests) throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    return generateAll(requests, Integer.MAX_VALUE, Math.max(1, Math.min(4, processors / 2)));
  }

  @Override
  public List<GenerationResult> generateAll(List<GenerationRequest> requests, int parallelism)
      throws IOException {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism: expected 1 or more, found " + parallelism);
    }
    return generateAll(requests, parallelism, parallelism);
  }

  private List<GenerationResult> generateAll(
      List<GenerationRequest> requests, int mostInStep, int mostThreads) throws IOException {
    use.enter();
    try {
      int inStep = Math.min(mostInStep, batchSlots());
      if (inStep > 1 && requests.stream().filter(AnswerMaker::decodesInStep).count() > 1) {
        return inStep(requests, inStep);
      }
      return new BatchRun<GenerationRequest, GenerationResult>(
              requests,
              (request, stopped) ->
                  generate(
                      request, () -> stopped.getAsBoolean() || request.cancelled().getAsBoolean()))
          .run(mostThreads);
    } finally {
      use.leave();
    }
  }

  /** Returns how many answers it pays to decode in step. */
  private int batchSlots() {
    try (DecoderSession session = parts.backend().openSession(1)) {
      return session.batchSlots();
    }
  }

  private List<GenerationResult> inStep(List<GenerationRequest> requests, int atATime)
      throws IOException {
    GenerationResult[] results = new GenerationResult[requests.size()];
    new AnswersInStep(parts, answers, requests, Thread.currentThread()::isInterrupted)
        .run(
            atATime, new BatchedAnswers.Results((index, result) -> results[index] = result, false));
    return List.of(results);
  }

  @Override
  public List<GenerationResult> answerAll(
      List<ImageInput> images, List<String> questions, GenerationConfig config) throws IOException {
    List<GenerationResult> results = new ArrayList<>();
    answerEach(
        questions.stream()
            .map(text -> GenerationRequest.question(text).images(images).config(config).build())
            .toList(),
        (index, result) -> results.add(result));
    return List.copyOf(results);
  }

  @Override
  public void answerEach(List<GenerationRequest> requests, GenerationReceiver receiver)
      throws IOException {
    use.enter();
    try {
      if (!requests.isEmpty()) {
        new AnswersInStep(parts, answers, requests, () -> false)
            .run(Integer.MAX_VALUE, new BatchedAnswers.Results(receiver, true));
      }
    } finally {
      use.leave();
    }
  }

  @Override
  public ChoiceResult choose(GenerationRequest request, List<String> choices) throws IOException {
    if (choices.isEmpty()) {
      throw new IllegalArgumentException("choices: expected at least one, found none");
    }
    use.enter();
    try {
      int longest = answers.longest(choices);
      AnswerMaker.Prepared prepared = prepare(request, () -> false);
      Prompt prompt = prepared.prompt();
      if (longest > parts.room(prompt)) {
        throw new ContextLengthExceededException(
            ("the prompt fills %d positions of the model's context of %d, and the longest choice"
                    + " needs %d; shorten the text or the choices")
                .formatted(prompt.length(), parts.config().contextLength(), longest));
      }
      try (CachedSequence sequence =
          new CachedSequence(parts.backend().openSession(prompt.length() + longest))) {
        return answers.score(sequence, prepared, choices);
      }
    } finally {
      use.leave();
    }
  }

  @Override
  public ModelTrace trace(GenerationRequest request) throws IOException {
    use.enter();
    try {
      Prompt prompt = parts.prompt(RequestText.of(request, parts).text(), request.images().size());
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
  public Optional<BackendRuntime> runtime() {
    return parts.backend().runtime();
  }

  @Override
  public Optional<Path> visionTowerDirectory() {
    return Optional.ofNullable(visionTower);
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
    parts.imageFeatures().clear();
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
