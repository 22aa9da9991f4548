/**
 * Answers of a model to a file of questions, made and recorded as the original's programs do.
 *
 * <p>{@link io.github.llavamed.eval.generation.AnswerRecipe} says how a question becomes a prompt
 * and a generated text an answer; {@link io.github.llavamed.eval.generation.AnswerGeneration} goes
 * through a file, and goes on where an interrupted run ended:
 *
 * <pre>{@code
 * AnswerRecipe recipe = AnswerRecipe.builder(AnswerProgram.MODEL_VQA_MED).build();
 * AnswerGeneration.of(new ModelAnswerer(model), recipe, "models/llava-med")
 *     .run(AnswerFiles.of(Path.of("test.json"), Path.of("images"), Path.of("out/answers.jsonl")));
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.generation;

import org.jspecify.annotations.NullMarked;
