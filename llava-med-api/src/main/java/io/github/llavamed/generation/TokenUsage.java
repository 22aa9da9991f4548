package io.github.llavamed.generation;

/**
 * How many positions a request used.
 *
 * @param promptTokens positions that the prompt fills in the decoder, those of images included
 * @param imageTokens how many of them belong to images
 * @param completionTokens tokens generated, the end-of-sequence token included
 */
public record TokenUsage(int promptTokens, int imageTokens, int completionTokens) {}
