/**
 * The embedded demo model and a tour through it.
 *
 * <p>{@link io.github.llavamed.demo.tour.DemoModel} gives the model's directory, {@link
 * io.github.llavamed.demo.tour.DemoTour} asks it, scores it and writes a report:
 *
 * <pre>{@code
 * Path directory = DemoModel.unpack(DemoModel.defaultPlace());
 * try (VisionLanguageModel model = LlavaMed.load(directory)) {
 *   TourResult result = new DemoTour(model, directory, Path.of("demo-output")).run(300);
 * }
 * }</pre>
 */
@NullMarked
package io.github.llavamed.demo.tour;

import org.jspecify.annotations.NullMarked;
