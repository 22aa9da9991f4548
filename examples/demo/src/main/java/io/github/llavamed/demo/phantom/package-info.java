/**
 * Phantom radiology: drawings that look a little like medical images, and whose content is known.
 *
 * <p>{@link io.github.llavamed.demo.phantom.PhantomSampler} draws what an image shows, {@link
 * io.github.llavamed.demo.phantom.PhantomRenderer} paints it:
 *
 * <pre>{@code
 * PhantomImage image = PhantomRenderer.render(Modality.XRAY, 42, 288);
 * Files.write(file, image.png());
 * }</pre>
 *
 * <p>Nothing here is a medical image, and nothing that is learned from it is medical knowledge.
 */
@NullMarked
package io.github.llavamed.demo.phantom;

import org.jspecify.annotations.NullMarked;
