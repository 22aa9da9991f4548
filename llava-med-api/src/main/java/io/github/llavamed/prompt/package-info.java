/**
 * Prompt text and images to token and image segments.
 *
 * <p>{@link io.github.llavamed.prompt.PromptBuilder} makes a {@link
 * io.github.llavamed.prompt.Prompt} by the rules of the model's family, {@link
 * io.github.llavamed.prompt.PromptBatch} lays several out side by side.
 *
 * <pre>{@code
 * PromptBuilder builder = PromptBuilder.forModel(config, tokenizer, OriginalQuirks.NONE);
 * Prompt prompt = builder.build("[INST] <image>\nIs there a fracture? [/INST]", 1);
 * float[] logits = session.append(prompt.segments(), features); // [v]
 * }</pre>
 */
@NullMarked
package io.github.llavamed.prompt;

import org.jspecify.annotations.NullMarked;
