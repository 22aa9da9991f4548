package io.github.llavamed.demo.tour;

import java.nio.file.Path;

/**
 * One answer that the tour shows.
 *
 * @param picture the image that was asked about
 * @param question what was asked
 * @param answer what the model said
 * @param reference what is right
 */
public record TourAnswer(Path picture, String question, String answer, String reference) {}
