package io.github.llavamed.metric;

/**
 * The answer of a chat judge. Immutable.
 *
 * @param text the reply, unstripped
 * @param promptTokens tokens read, 0 if the service does not say
 * @param completionTokens tokens written, 0 if the service does not say
 */
public record JudgeReply(String text, int promptTokens, int completionTokens) {}
