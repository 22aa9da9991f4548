package io.github.llavamed.generation;

/**
 * A token and how probable the model found it.
 *
 * @param id the token
 * @param logProb natural logarithm of its probability, ≤ 0
 */
public record IdLogProb(int id, double logProb) {}
