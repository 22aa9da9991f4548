package io.github.llavamed.image;

/**
 * What the header of an image file says, without its pixels.
 *
 * @param format the format, from the first bytes of the file
 * @param mode how the file stores its pixels
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param frames number of frames or pages, at least 1
 */
public record ImageInfo(ImageFormat format, ColorMode mode, int width, int height, int frames) {}
