package io.github.llavamed.conversation.internal;

import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.InvalidConversationException;
import io.github.llavamed.conversation.Message;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.conversation.Role;
import java.util.ArrayList;
import java.util.List;

/** Renders the turns of a conversation as the original's {@code get_prompt} of each release. */
public final class ConversationRenderer {
  private static final String IMAGE = "<image>";

  private ConversationRenderer() {}

  /**
   * Returns the prompt text of turns in the form of a template.
   *
   * @throws InvalidConversationException if the style cannot render them
   */
  public static String render(ConversationTemplate template, List<Message> messages) {
    if (template.release() == Release.V1_0) {
      return switch (template.sepStyle()) {
        case SINGLE -> withRoles(template, messages, template.sep());
        case TWO -> withRoles(template, messages, template.sep2OrEmpty());
        case MPT, LLAMA_2, PLAIN, MISTRAL ->
            throw new InvalidConversationException("Invalid style: " + template.sepStyle());
      };
    }
    List<Message> turns = placeFirstImage(template, messages);
    return switch (template.sepStyle()) {
      case SINGLE -> withRoles(template, turns, template.sep());
      case TWO -> two(template, turns);
      case MPT -> mpt(template, turns);
      case LLAMA_2 -> llama2(template, turns);
      case PLAIN -> plain(template, turns);
      case MISTRAL -> mistral(template, turns);
    };
  }

  /** Moves the image of the first message to its front, or into turns of its own (mmtag). */
  private static List<Message> placeFirstImage(
      ConversationTemplate template, List<Message> messages) {
    if (messages.isEmpty() || messages.get(0).image() == null) {
      return messages;
    }
    Message first = messages.get(0);
    String text = PythonText.strip(first.textOrEmpty().replace(IMAGE, ""));
    List<Message> turns = new ArrayList<>(messages);
    if (template.version().contains("mmtag")) {
      turns.set(0, Message.of(first.role(), text));
      turns.add(0, Message.of(Role.USER, "<Image><image></Image>"));
      turns.add(1, Message.of(Role.ASSISTANT, "Received."));
    } else {
      turns.set(0, Message.of(first.role(), "<image>\n" + text));
    }
    return turns;
  }

  /** SINGLE of both releases, and TWO of v1.0: {@code sep} after even turns. */
  private static String withRoles(
      ConversationTemplate template, List<Message> messages, String oddSeparator) {
    StringBuilder out = new StringBuilder(template.system()).append(template.sep());
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      out.append(template.roleName(message.role())).append(':');
      if (!message.isPlaceholder()) {
        out.append(' ').append(message.textOrEmpty());
        out.append(i % 2 == 0 ? template.sep() : oddSeparator);
      }
    }
    return out.toString();
  }

  private static String two(ConversationTemplate template, List<Message> messages) {
    String odd = template.sep2OrEmpty() + " ";
    String even = template.sep().equals(template.sep2OrEmpty()) ? odd : template.sep();
    StringBuilder out = new StringBuilder(template.system()).append(template.sep());
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      out.append(template.roleName(message.role())).append(':');
      if (!message.isPlaceholder()) {
        out.append(' ').append(PythonText.strip(message.textOrEmpty()));
        out.append(i % 2 == 0 ? even : odd);
      }
    }
    return PythonText.strip(out.toString());
  }

  private static String mpt(ConversationTemplate template, List<Message> messages) {
    StringBuilder out = new StringBuilder(template.system()).append(template.sep());
    for (Message message : messages) {
      out.append(template.roleName(message.role()));
      if (!message.isPlaceholder()) {
        out.append(message.textOrEmpty()).append(template.sep());
      }
    }
    return out.toString();
  }

  private static String llama2(ConversationTemplate template, List<Message> messages) {
    requireUserFirst(template, messages);
    String system =
        template.system().isEmpty() ? "" : "<<SYS>>\n" + template.system() + "\n<</SYS>>\n\n";
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if (message.isPlaceholder()) {
        continue;
      }
      String text = i == 0 ? system + message.textOrEmpty() : message.textOrEmpty();
      if (i % 2 == 0) {
        out.append(template.sep()).append("[INST] ").append(text).append(" [/INST]");
      } else {
        out.append(' ').append(text).append(' ').append(template.sep2OrEmpty());
      }
    }
    return PythonText.stripLeading(out.toString(), template.sep());
  }

  /** A null second separator counts as empty; the original fails there. */
  private static String plain(ConversationTemplate template, List<Message> messages) {
    StringBuilder out = new StringBuilder(template.system());
    for (int i = 0; i < messages.size(); i++) {
      if (!messages.get(i).isPlaceholder()) {
        out.append(messages.get(i).textOrEmpty());
        out.append(i % 2 == 0 ? template.sep() : template.sep2OrEmpty());
      }
    }
    return out.toString();
  }

  private static String mistral(ConversationTemplate template, List<Message> messages) {
    requireUserFirst(template, messages);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if (message.isPlaceholder()) {
        continue;
      }
      String text = message.textOrEmpty();
      if (i == 0) {
        text = template.system() + " " + PythonText.strip(text);
      }
      out.append(i % 2 == 0 ? "[INST] " + text + " [/INST]" : text + "</s>");
    }
    return out.toString();
  }

  private static void requireUserFirst(ConversationTemplate template, List<Message> messages) {
    if (messages.isEmpty()) {
      return;
    }
    if (messages.get(0).isPlaceholder()) {
      throw new InvalidConversationException(
          "first message should not be none; template '%s' needs a text there"
              .formatted(template.id()));
    }
    // By name, as the original: a template may give both roles the same one.
    String speaker = template.roleName(messages.get(0).role());
    if (!speaker.equals(template.roleName(Role.USER))) {
      throw new InvalidConversationException(
          "first message should come from user; template '%s' found it from '%s'"
              .formatted(template.id(), speaker));
    }
  }
}
