package io.github.llavamed.conversation;

import io.github.llavamed.conversation.internal.ConversationRenderer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dialogue in the form of a template, turned into prompt text by {@link #prompt()}.
 *
 * <p>Starts with the template's example turns. Mutable; confined to one thread.
 */
public final class Conversation {
  private final ConversationTemplate template;
  private final List<Message> messages;
  private boolean skipNext;

  private Conversation(ConversationTemplate template, List<Message> messages, boolean skipNext) {
    this.template = template;
    this.messages = new ArrayList<>(messages);
    this.skipNext = skipNext;
  }

  /** Returns a conversation that holds only the template's example turns. */
  public static Conversation of(ConversationTemplate template) {
    return new Conversation(template, template.messages(), false);
  }

  /** Appends a turn and returns this conversation; a null text is the place of an answer. */
  public Conversation append(Role role, @Nullable String text) {
    return append(Message.of(role, text));
  }

  /** Appends a turn and returns this conversation. */
  public Conversation append(Message message) {
    messages.add(message);
    return this;
  }

  /**
   * Puts an answer into the last turn, which must be the place of one, and returns this
   * conversation.
   *
   * @throws IllegalStateException if the last turn is not an empty one of the assistant
   */
  public Conversation answer(String text) {
    int last = messages.size() - 1;
    if (last < 0
        || messages.get(last).role() != Role.ASSISTANT
        || !messages.get(last).isPlaceholder()) {
      throw new IllegalStateException(
          "expected an empty assistant turn at the end; append one before answering");
    }
    messages.set(last, Message.of(Role.ASSISTANT, text));
    return this;
  }

  /**
   * Returns the prompt text.
   *
   * @throws InvalidConversationException if the template's style cannot render these turns
   */
  public String prompt() {
    return ConversationRenderer.render(template, messages);
  }

  /** Returns the template. */
  public ConversationTemplate template() {
    return template;
  }

  /** Returns a copy of the turns, the template's examples included. */
  public List<Message> messages() {
    return List.copyOf(messages);
  }

  /**
   * Returns the images of the user's turns in order: those after the template's offset at even
   * distance from it.
   */
  public List<MessageImage> images() {
    List<MessageImage> images = new ArrayList<>();
    for (int i = template.offset(); i < messages.size(); i += 2) {
      MessageImage image = messages.get(i).image();
      if (image != null) {
        images.add(image);
      }
    }
    return images;
  }

  /** Returns the mark by which a server leaves the next request unanswered. */
  public boolean skipNext() {
    return skipNext;
  }

  /** Sets the mark by which a server leaves the next request unanswered. */
  public void setSkipNext(boolean skipNext) {
    this.skipNext = skipNext;
  }

  /**
   * Returns an independent copy: turns appended to one do not show in the other. Template, version
   * and the skip mark are kept, which the original's copies partly lost.
   */
  public Conversation copy() {
    return new Conversation(template, messages, skipNext);
  }

  /**
   * Returns the form that logs hold: keys {@code system}, {@code roles}, {@code messages} (pairs of
   * role name and text, images left out), {@code offset}, {@code sep}, {@code sep2}, in this order.
   * Values are strings, integers, lists and nulls.
   */
  public Map<String, @Nullable Object> toLogMap() {
    List<List<@Nullable String>> turns = new ArrayList<>();
    for (Message message : messages) {
      List<@Nullable String> turn = new ArrayList<>();
      turn.add(template.roleName(message.role()));
      turn.add(message.text());
      turns.add(turn);
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("system", template.system());
    map.put("roles", template.roles());
    map.put("messages", turns);
    map.put("offset", template.offset());
    map.put("sep", template.sep());
    map.put("sep2", template.sep2());
    return map;
  }
}
