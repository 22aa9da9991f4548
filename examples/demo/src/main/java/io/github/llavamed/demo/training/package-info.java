/**
 * The demo model's training: two preparatory stages, then the three stages of the original.
 *
 * <p>{@link io.github.llavamed.demo.training.DemoTraining} runs them all into one directory:
 *
 * <pre>{@code
 * DemoTraining.run(DemoTrainingConfig.builder(Path.of("out")).build(), listener);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.demo.training;

import org.jspecify.annotations.NullMarked;
