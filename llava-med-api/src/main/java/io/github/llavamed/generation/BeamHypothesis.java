package io.github.llavamed.generation;

/**
 * A complete answer of a beam search.
 *
 * @param beam its ids
 * @param score sum of log-probabilities over length, by the library's rule
 * @param ended whether it ends with an end-of-sequence token
 * @param stopped whether a stop criterion ended it
 */
record BeamHypothesis(Beam beam, double score, boolean ended, boolean stopped) {}
