package io.github.llavamed.prompt;

/**
 * The place of (a part of) an image's features.
 *
 * @param imageIndex which image of the request, from 0
 * @param firstRow first feature row used, normally 0
 * @param length number of feature rows, fewer than the image has only where the prompt was cut
 */
public record ImageSegment(int imageIndex, int firstRow, int length) implements InputSegment {}
