package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.inference.Precision;

/**
 * Which model an answer came from, and what it ran on.
 *
 * @param name name of the checkpoint directory
 * @param family layout of the checkpoint
 * @param backendId id of the backend
 * @param precision number format that ran
 */
public record ModelDescription(
    String name, ModelFamily family, String backendId, Precision precision) {}
