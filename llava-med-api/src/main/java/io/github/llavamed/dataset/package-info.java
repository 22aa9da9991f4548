/**
 * Questions with reference answers: what a data set is, whoever reads it.
 *
 * <p>{@link io.github.llavamed.dataset.VqaDataset} is a list of {@link
 * io.github.llavamed.dataset.VqaSample}; a {@link io.github.llavamed.dataset.VqaDatasetProvider} on
 * the class path adds one by its id:
 *
 * <pre>{@code
 * VqaDatasetProvider provider = ServiceLoader.load(VqaDatasetProvider.class).findFirst().get();
 * VqaDataset test = provider.open(Path.of("data_RAD"), "test");
 * for (VqaSample sample : test.samples()) {
 *   ask(sample.image(), sample.question());
 * }
 * }</pre>
 */
@NullMarked
package io.github.llavamed.dataset;

import org.jspecify.annotations.NullMarked;
