package io.github.llavamed.generation;

/**
 * One way to go on from a beam.
 *
 * @param parent index of the beam that it extends
 * @param beam the extended beam
 * @param ended whether it ends with an end-of-sequence token
 */
record BeamCandidate(int parent, Beam beam, boolean ended) {}
