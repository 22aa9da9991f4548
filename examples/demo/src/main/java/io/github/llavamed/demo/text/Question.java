package io.github.llavamed.demo.text;

/**
 * A question about a phantom with its answers.
 *
 * @param kind what it is about
 * @param text as it is asked
 * @param answer in a word or two
 * @param sentence as a sentence
 */
public record Question(QuestionKind kind, String text, String answer, String sentence) {}
