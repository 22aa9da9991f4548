package io.github.llavamed.trainer.internal.optim;

/**
 * The numbers of AdamW.
 *
 * @param beta1 share of the old mean, 0 to 1
 * @param beta2 share of the old mean of squares, 0 to 1
 * @param epsilon what is added to the root, above 0
 * @param weightDecay share of a weight that decays per step and unit of learning rate, at least 0
 */
public record AdamWConfig(double beta1, double beta2, double epsilon, double weightDecay) {}
