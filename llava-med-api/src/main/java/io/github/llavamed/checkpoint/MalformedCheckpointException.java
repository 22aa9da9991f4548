package io.github.llavamed.checkpoint;

import io.github.llavamed.error.LlavaMedException;
import java.nio.file.Path;

/** Thrown when a checkpoint file breaks a rule of its format; nothing of it was executed. */
public class MalformedCheckpointException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final CheckpointRule rule;
  private final String expected;
  private final String found;

  /**
   * Creates the exception.
   *
   * @param file the file that breaks the rule
   * @param rule the rule
   * @param where the place in the file, for example {@code tensor 'lm_head.weight'}; empty for the
   *     file as a whole
   * @param expected what the rule asks for, with numbers
   * @param found what the file has
   */
  public MalformedCheckpointException(
      Path file, CheckpointRule rule, String where, String expected, String found) {
    super(
        "%s%s: %s (expected %s, found %s) [%s]"
            .formatted(
                file, where.isEmpty() ? "" : ": " + where, rule.text(), expected, found, rule));
    this.file = file;
    this.rule = rule;
    this.expected = expected;
    this.found = found;
  }

  /** Returns the file that breaks the rule. */
  public Path file() {
    return file;
  }

  /** Returns the broken rule. */
  public CheckpointRule rule() {
    return rule;
  }

  /** Returns what the rule asks for. */
  public String expected() {
    return expected;
  }

  /** Returns what the file has. */
  public String found() {
    return found;
  }
}
