/**
 * Entry points of the library: load a model, ask it about images, look at what is available.
 *
 * <pre>{@code
 * try (VisionLanguageModel model = LlavaMed.load(Path.of("llava-med-v1.5-mistral-7b"));
 *     ChatSession chat = model.startChat()) {
 *   ImageInput image = ImageInput.of(Path.of("chest.png"));
 *   String answer = model.ask(image, "Is there a pleural effusion?").text();
 *   String first = chat.ask(image, "What is shown?").text();
 *   String second = chat.ask("On which side?").text(); // reads only what is new
 * }
 * }</pre>
 *
 * <p>{@link io.github.llavamed.GenerationRequest} says everything else: exact prompts, templates,
 * limits, listeners, cancellation. {@link io.github.llavamed.LoadOptions} chooses backend,
 * precision and vision tower. Research use only, not for clinical use.
 */
@NullMarked
package io.github.llavamed;

import org.jspecify.annotations.NullMarked;
