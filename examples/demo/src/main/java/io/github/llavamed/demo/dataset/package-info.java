/**
 * A data set of phantoms in the file formats of LLaVA-Med.
 *
 * <p>{@link io.github.llavamed.demo.dataset.PhantomDataset} writes pictures, alignment captions,
 * instruction dialogues, questions for learning and questions for the test:
 *
 * <pre>{@code
 * PhantomDataset.write(Path.of("phantoms"), DatasetSizes.DEFAULT, 0);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.demo.dataset;

import org.jspecify.annotations.NullMarked;
