/**
 * Training as callers see it: settings, progress, result. A trainer module does the work.
 *
 * <p>{@link io.github.llavamed.training.TrainingConfig} says what to do, a {@link
 * io.github.llavamed.training.Trainer} does it and tells a {@link
 * io.github.llavamed.training.TrainingListener}:
 *
 * <pre>{@code
 * TrainingConfig config = TrainingConfig.stage1().modelNameOrPath(start) … .build();
 * TrainerProvider provider = ServiceLoader.load(TrainerProvider.class).findFirst().orElseThrow();
 * TrainingReport report = provider.create().train(config, TrainingListener.NONE);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.training;

import org.jspecify.annotations.NullMarked;
