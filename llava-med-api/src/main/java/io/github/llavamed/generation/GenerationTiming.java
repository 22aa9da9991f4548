package io.github.llavamed.generation;

import java.time.Duration;

/**
 * Where the wall-clock time of one request went. Loading the model is not part of it.
 *
 * @param preprocess decoding images to pixel values and text to ids
 * @param encodeImage tower and projector, all images
 * @param prefill the pass over the prompt
 * @param decode everything after the pass over the prompt
 */
public record GenerationTiming(
    Duration preprocess, Duration encodeImage, Duration prefill, Duration decode) {}
