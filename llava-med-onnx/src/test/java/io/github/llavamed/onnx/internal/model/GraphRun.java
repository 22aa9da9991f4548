package io.github.llavamed.onnx.internal.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.ModelWeights;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.store.GraphFiles;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes a graph with every hidden state exposed, runs it once and returns all its outputs. */
public final class GraphRun {
  private GraphRun() {}

  /** Runs the decoder of a model over embeddings, without a cache before them. */
  public static Map<String, float[]> decoder(
      LlavaConfig config, ModelWeights weights, Path directory, float[] embeds)
      throws IOException, OrtException {
    DecoderShape shape = DecoderShape.of(config, weights);
    Map<String, Feed> feeds = new HashMap<>();
    int rows = embeds.length / shape.hiddenSize();
    feeds.put(DecoderNames.INPUTS_EMBEDS, floats(embeds, 1, rows, shape.hiddenSize()));
    feeds.put(DecoderNames.SEQLENS_K, ints(rows - 1));
    feeds.put(DecoderNames.TOTAL_SEQUENCE_LENGTH, ints(rows));
    feeds.put(
        DecoderNames.FIRST_LOGIT_ROW,
        env -> OnnxTensor.createTensor(env, LongBuffer.wrap(new long[] {0}), new long[] {1}));
    long[] cache = {1, shape.keyValueHeads(), rows, shape.headWidth()};
    int cached = shape.keyValueHeads() * rows * shape.headWidth();
    for (int layer = 0; layer < shape.layers(); layer++) {
      feeds.put(DecoderNames.pastKey(layer), floats(new float[cached], cache));
      feeds.put(DecoderNames.pastValue(layer), floats(new float[cached], cache));
    }
    return run(
        directory,
        graph ->
            DecoderGraph.build(
                graph,
                new Fp32LinearLayers(),
                config.languageModel(),
                shape,
                new ModelTensors(weights),
                true),
        feeds);
  }

  /** Runs tower and projector of a model over an image. */
  static Map<String, float[]> vision(SyntheticModel model, Path directory, PixelValues image)
      throws IOException, OrtException {
    return run(
        directory,
        graph ->
            VisionGraph.build(
                graph, new Fp32LinearLayers(), model.config(), new ModelTensors(model), true),
        Map.of(
            VisionNames.PIXEL_VALUES, floats(image.values(), 1, 3, image.height(), image.width())));
  }

  private interface Feed {
    OnnxTensor tensor(OrtEnvironment environment) throws OrtException;
  }

  private static Feed floats(float[] values, long... dims) {
    return environment -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), dims);
  }

  private static Feed ints(int value) {
    return environment ->
        OnnxTensor.createTensor(environment, IntBuffer.wrap(new int[] {value}), new long[] {1});
  }

  private static Map<String, float[]> run(
      Path directory, Consumer<GraphBuilder> content, Map<String, Feed> feeds)
      throws IOException, OrtException {
    Path folder = Files.createTempDirectory(directory, "graph");
    GraphFiles.write(folder, new GraphFiles.Parts("graph.onnx", content), List.of());
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensorLike> inputs = new HashMap<>();
    for (Map.Entry<String, Feed> feed : feeds.entrySet()) {
      inputs.put(feed.getKey(), feed.getValue().tensor(environment));
    }
    Map<String, float[]> outputs = new HashMap<>();
    try (OrtSession session = environment.createSession(folder.resolve("graph.onnx").toString());
        OrtSession.Result result = session.run(inputs)) {
      for (Map.Entry<String, OnnxValue> entry : result) {
        outputs.put(entry.getKey(), ((OnnxTensor) entry.getValue()).getFloatBuffer().array());
      }
    }
    inputs.values().forEach(OnnxTensorLike::close);
    return outputs;
  }
}
