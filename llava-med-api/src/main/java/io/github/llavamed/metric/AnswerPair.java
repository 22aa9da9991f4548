package io.github.llavamed.metric;

/**
 * An answer and its reference, both exactly as they stand in their files. Immutable.
 *
 * @param prediction what the model wrote; may be empty
 * @param reference what the data set holds; may be empty
 */
public record AnswerPair(String prediction, String reference) {}
