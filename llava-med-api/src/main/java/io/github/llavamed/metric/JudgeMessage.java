package io.github.llavamed.metric;

/**
 * One message to a chat judge. Immutable.
 *
 * @param role who speaks
 * @param content the text, unchanged
 */
public record JudgeMessage(Role role, String content) {
  /** The speakers of a chat. */
  public enum Role {
    /** Sets the task. */
    SYSTEM("system"),
    /** Asks. */
    USER("user"),
    /** Answers; used for examples. */
    ASSISTANT("assistant");

    private final String id;

    Role(String id) {
      this.id = id;
    }

    /** Returns the name on the wire. */
    public String id() {
      return id;
    }
  }

  /** Returns a system message. */
  public static JudgeMessage system(String content) {
    return new JudgeMessage(Role.SYSTEM, content);
  }

  /** Returns a user message. */
  public static JudgeMessage user(String content) {
    return new JudgeMessage(Role.USER, content);
  }

  /** Returns an assistant message. */
  public static JudgeMessage assistant(String content) {
    return new JudgeMessage(Role.ASSISTANT, content);
  }
}
