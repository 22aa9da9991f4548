package io.github.llavamed.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named form of conversations: system text, role names, example turns and separators. Immutable.
 *
 * @param id its name as a constant of the original, {@code conv_mistral_instruct}
 * @param release whose rendering rules apply
 * @param system the system text, maybe empty
 * @param roles the two role names, user first
 * @param messages built-in example turns that stand before the user's first
 * @param offset number of leading messages that are not shown and whose images do not count
 * @param sepStyle how turns are joined
 * @param sep first separator, maybe empty
 * @param sep2 second separator, or null if the style has none
 * @param version the original's version word, {@code v1_mmtag}; one that contains {@code mmtag}
 *     wraps the first image in tags
 */
public record ConversationTemplate(
    String id,
    Release release,
    String system,
    List<String> roles,
    List<Message> messages,
    int offset,
    SeparatorStyle sepStyle,
    String sep,
    @Nullable String sep2,
    String version) {
  /**
   * Checks the fields and copies the lists.
   *
   * @throws InvalidConversationException if the release does not know the style, or the style needs
   *     a second separator that is null
   */
  public ConversationTemplate {
    roles = List.copyOf(roles);
    messages = List.copyOf(messages);
    if (roles.size() != 2) {
      throw new InvalidConversationException(
          "template '%s': expected 2 roles, found %d".formatted(id, roles.size()));
    }
    if (offset < 0) {
      throw new InvalidConversationException(
          "template '%s': expected offset 0 or more, found %d".formatted(id, offset));
    }
    if (release == Release.V1_0
        && sepStyle != SeparatorStyle.SINGLE
        && sepStyle != SeparatorStyle.TWO) {
      throw new InvalidConversationException(
          "Invalid style: %s; template '%s' of v1.0 can be SINGLE or TWO".formatted(sepStyle, id));
    }
    boolean needsSep2 = sepStyle == SeparatorStyle.TWO || sepStyle == SeparatorStyle.LLAMA_2;
    if (needsSep2 && sep2 == null) {
      throw new InvalidConversationException(
          "template '%s': style %s needs sep2, found null".formatted(id, sepStyle));
    }
  }

  /** Returns the name of a role. */
  public String roleName(Role role) {
    return roles.get(role.ordinal());
  }

  /** Returns the second separator, empty for null. */
  public String sep2OrEmpty() {
    return sep2 == null ? "" : sep2;
  }

  /** Returns the same template with another system text. */
  public ConversationTemplate withSystem(String newSystem) {
    return new ConversationTemplate(
        id, release, newSystem, roles, messages, offset, sepStyle, sep, sep2, version);
  }
}
