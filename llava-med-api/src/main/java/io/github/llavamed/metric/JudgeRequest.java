package io.github.llavamed.metric;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One question to a chat judge. Immutable.
 *
 * @param model model or deployment name
 * @param messages in order
 * @param temperature empty to leave the service's default
 * @param maxTokens empty for no limit
 */
public record JudgeRequest(
    String model, List<JudgeMessage> messages, OptionalDouble temperature, OptionalInt maxTokens) {
  /** Copies the list. */
  public JudgeRequest {
    messages = List.copyOf(messages);
  }
}
