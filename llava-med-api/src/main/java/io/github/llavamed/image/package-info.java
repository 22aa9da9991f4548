/**
 * Bytes to pixel values, to the bit as the original image processors do it.
 *
 * <p>{@link io.github.llavamed.image.ImageInput} names an image, {@link
 * io.github.llavamed.image.ImageDecoder} turns it into 8-bit RGB, {@link
 * io.github.llavamed.image.ImageProcessor} into what the vision tower takes:
 *
 * <pre>{@code
 * ImageProcessorConfig config = ImageProcessorConfig.load(Path.of("clip-vit-large-patch14-336"));
 * ImageProcessor processor =
 *     ImageProcessor.create(config, ImageAspect.PAD, ImageLimits.defaults());
 * PixelValues pixels = processor.process(ImageInput.of(Path.of("chest.png")));
 * }</pre>
 */
@NullMarked
package io.github.llavamed.image;

import org.jspecify.annotations.NullMarked;
