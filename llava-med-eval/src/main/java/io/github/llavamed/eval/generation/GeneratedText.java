package io.github.llavamed.eval.generation;

/**
 * What a model wrote, before anything is removed. Immutable.
 *
 * @param text the new tokens as text without special tokens, stop strings still in it
 * @param sequence prompt and new tokens decoded together, without special tokens; for prompts
 *     without images
 */
public record GeneratedText(String text, String sequence) {}
