package io.github.llavamed.eval.generation;

import io.github.llavamed.dataset.SampleId;
import org.jspecify.annotations.Nullable;

/**
 * One question that a program answers. Immutable.
 *
 * @param id identifier, as the answers file repeats it
 * @param image file below the image folder, or null
 * @param text what the model is asked
 * @param recorded what the answers file holds as the prompt
 * @param where file and place, for messages
 */
public record AnswerTask(
    SampleId id, @Nullable String image, String text, String recorded, String where) {}
