/**
 * The service provider interface that inference backends implement, and the registry that finds
 * them.
 *
 * <p>A jar with a backend names its {@link io.github.llavamed.inference.InferenceBackendProvider}
 * in {@code META-INF/services}; {@link io.github.llavamed.inference.BackendRegistry} chooses one:
 *
 * <pre>{@code
 * InferenceBackendProvider provider = BackendRegistry.load().choose("onnx-cpu");
 * try (InferenceBackend backend = provider.create(artifacts, BackendOptions.defaults());
 *     DecoderSession session = backend.openSession(2048)) {
 *   float[] logits = session.append(prompt.segments(), List.of(backend.encode(pixelValues)));
 * }
 * }</pre>
 */
@NullMarked
package io.github.llavamed.inference;

import org.jspecify.annotations.NullMarked;
