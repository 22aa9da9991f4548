/**
 * Training of LLaVA-Med on libtorch, and inference with the same model.
 *
 * <p>{@link io.github.llavamed.trainer.LibtorchTrainerProvider} makes the trainer, {@link
 * io.github.llavamed.trainer.LibtorchBackendProvider} the backend {@code libtorch}:
 *
 * <pre>{@code
 * TrainingConfig config =
 *     TrainingConfig.stage1()
 *         .modelNameOrPath(llava7b).visionTower(clip)
 *         .dataPath(json).imageFolder(images).outputDir(out)
 *         .build();
 * TrainingReport report = new LibtorchTrainerProvider().create().train(config, listener);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.trainer;

import org.jspecify.annotations.NullMarked;
