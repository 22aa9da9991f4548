package io.github.llavamed.internal;

import io.github.llavamed.ChatSession;
import io.github.llavamed.GenerationRequest;
import io.github.llavamed.conversation.Conversation;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.Message;
import io.github.llavamed.conversation.QuestionPrompt;
import io.github.llavamed.conversation.Role;
import io.github.llavamed.conversation.StopStringRule;
import io.github.llavamed.conversation.internal.PythonText;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.prompt.PromptBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A conversation on one decoder session, of which each turn appends only what follows the longest
 * prefix that the cache shares with the new prompt.
 */
final class CachedChatSession implements ChatSession {
  private final ModelParts parts;
  private final AnswerMaker answers;
  private final UseCount use;
  private final Consumer<CachedChatSession> whenClosed;
  private final List<ImageFeatures> features = new ArrayList<>();
  private Conversation conversation;
  private @Nullable CachedSequence sequence;
  private boolean closed;

  CachedChatSession(
      ModelParts parts,
      AnswerMaker answers,
      ConversationTemplate template,
      UseCount use,
      Consumer<CachedChatSession> whenClosed) {
    this.parts = parts;
    this.answers = answers;
    this.conversation = Conversation.of(template);
    this.use = use;
    this.whenClosed = whenClosed;
  }

  @Override
  public synchronized GenerationResult ask(GenerationRequest request) throws IOException {
    String question = request.question();
    if (question == null || request.template() != null) {
      throw new IllegalArgumentException(
          "a turn of a conversation is a question without a template of its own; the conversation"
              + " has one");
    }
    use.enter();
    try {
      checkOpen();
      return answer(request, question);
    } finally {
      use.leave();
    }
  }

  private GenerationResult answer(GenerationRequest request, String question) throws IOException {
    Cancellation cancelled = new Cancellation(request.cancelled());
    long start = System.nanoTime();
    Conversation next =
        conversation
            .copy()
            .append(Role.USER, message(question, request.images().size()))
            .append(Role.ASSISTANT, null);
    Prompt prompt = parts.prompt(next.prompt(), features.size() + request.images().size());
    List<PixelValues> pixelValues = parts.pixelValues(request.images());
    long preprocessed = System.nanoTime();
    List<ImageFeatures> allFeatures = new ArrayList<>(features);
    allFeatures.addAll(parts.encode(pixelValues, cancelled));
    GenerationResult result =
        answers.answer(
            sequence(),
            new AnswerMaker.Prepared(
                prompt,
                List.copyOf(allFeatures),
                StopStringRule.WEB_SERVER.of(next.template()).stream().toList(),
                Duration.ofNanos(preprocessed - start),
                Duration.ofNanos(System.nanoTime() - preprocessed)),
            request,
            cancelled);
    if (!result.outputIds().isEmpty()) {
      conversation = next.answer(PythonText.strip(result.text()));
      features.clear();
      features.addAll(allFeatures);
    }
    return result;
  }

  /** A text that says itself where its images are is used as it stands, as web servers do. */
  private String message(String question, int imageCount) {
    return question.contains(PromptBuilder.IMAGE_PLACEHOLDER)
        ? question
        : QuestionPrompt.userMessage(parts.config(), conversation.template(), question, imageCount);
  }

  private CachedSequence sequence() {
    if (sequence == null) {
      sequence = new CachedSequence(parts.backend().openSession(parts.config().contextLength()));
    }
    return sequence;
  }

  @Override
  public synchronized void replaceLastAnswer(String text) {
    checkOpen();
    List<Message> messages = conversation.messages();
    int last = messages.size() - 1;
    if (last < conversation.template().messages().size()) {
      throw new IllegalStateException("there is no answer to replace yet; ask first");
    }
    Conversation edited = Conversation.of(conversation.template());
    messages.subList(conversation.template().messages().size(), last).forEach(edited::append);
    conversation = edited.append(Role.ASSISTANT, text);
  }

  @Override
  public synchronized Conversation conversation() {
    return conversation.copy();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the conversation is closed");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (sequence != null) {
        sequence.close();
      }
      // Only now: the model closes its backend when it knows of no open conversation.
      whenClosed.accept(this);
    }
  }
}
