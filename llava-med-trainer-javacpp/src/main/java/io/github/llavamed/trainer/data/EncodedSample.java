package io.github.llavamed.trainer.data;

/**
 * The ids of a sample and what the model should say at each place. The arrays must not be changed.
 *
 * @param inputIds // [s]
 * @param labels the id itself where it is trained, otherwise -100 // [s]
 * @param fullLength number of ids before the sample was cut
 */
@SuppressWarnings("ArrayRecordComponent") // rows of numbers, compared by identity on purpose
public record EncodedSample(int[] inputIds, int[] labels, int fullLength) {}
