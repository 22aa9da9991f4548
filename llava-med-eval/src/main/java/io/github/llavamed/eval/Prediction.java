package io.github.llavamed.eval;

import io.github.llavamed.dataset.SampleId;

/**
 * One answer of a model. Immutable.
 *
 * @param questionId the question that it answers
 * @param text the answer, unchanged
 */
public record Prediction(SampleId questionId, String text) {}
