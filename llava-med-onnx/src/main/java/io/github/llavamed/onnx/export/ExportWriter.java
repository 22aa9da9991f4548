package io.github.llavamed.onnx.export;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.calibration.Calibration;
import io.github.llavamed.onnx.internal.calibration.CalibrationPrompts;
import io.github.llavamed.onnx.internal.calibration.Calibrator;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.model.BlockLinearLayers;
import io.github.llavamed.onnx.internal.model.BlockRounding;
import io.github.llavamed.onnx.internal.model.DecoderGraph;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import io.github.llavamed.onnx.internal.model.Fp32LinearLayers;
import io.github.llavamed.onnx.internal.model.Int4Rounding;
import io.github.llavamed.onnx.internal.model.Int8BlockRounding;
import io.github.llavamed.onnx.internal.model.Int8LinearLayers;
import io.github.llavamed.onnx.internal.model.LinearLayers;
import io.github.llavamed.onnx.internal.model.ModelTensors;
import io.github.llavamed.onnx.internal.store.ExportFiles;
import io.github.llavamed.onnx.internal.store.FileRecord;
import io.github.llavamed.onnx.internal.store.GraphFiles;
import io.github.llavamed.onnx.quantization.Int4Blocks;
import io.github.llavamed.onnx.quantization.Int8Blocks;
import io.github.llavamed.onnx.quantization.QuantizationConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the graphs of one export, and measures them. Confined to one thread. */
final class ExportWriter {
  private static final Logger LOG = LoggerFactory.getLogger(ExportWriter.class);

  /** Models whose float weights are worth a collection of their own. */
  private static final long LARGE_BYTES = 1L << 30;

  private final ModelArtifacts model;
  private final OnnxExportConfig config;
  private final Path directory;
  private final ModelTensors tensors;
  private final DecoderShape shape;
  private final Map<String, FileRecord> files = new HashMap<>();

  ExportWriter(ModelArtifacts model, OnnxExportConfig config, Path directory) {
    this.model = model;
    this.config = config;
    this.directory = directory;
    this.tensors = new ModelTensors(model.weights());
    this.shape = DecoderShape.of(model.config(), model.weights());
  }

  /** Writes everything but the manifest and returns the records of the graphs' files by name. */
  Map<String, FileRecord> write() throws IOException {
    TowerWriter.Written tower = new TowerWriter(model.config(), tensors, config, directory).write();
    files.putAll(tower.files());
    Calibration calibration = calibrate(tower.sampleFeatures());
    if (largeModel()) {
      System.gc(); // Float weights are direct memory, which only a collection gives back.
    }
    writeDecoder(decoderLayers(calibration));
    ParityReport report =
        ParityMeasurement.decoder(
            directory.resolve(ExportFiles.probe(ExportFiles.DECODER)),
            shape,
            config.precision(),
            calibration,
            tower.modules());
    Files.deleteIfExists(directory.resolve(ExportFiles.probe(ExportFiles.DECODER)));
    ParityFile.write(report, directory);
    LOG.info("{} export against float32: {}", config.precision().id(), report.summary());
    report
        .exceeded()
        .forEach(text -> LOG.warn("{} export is off: {}", config.precision().id(), text));
    return files;
  }

  private boolean largeModel() {
    return ModelBytes.of(model).exported(Precision.FP32) > LARGE_BYTES;
  }

  private Calibration calibrate(List<float[]> imageFeatures) {
    String embedding = "model.embed_tokens.weight";
    RowSource table =
        tensors.rows(embedding, tensors.rowCount(embedding), shape.hiddenSize()); // [v, c]
    CalibrationPrompts prompts = CalibrationPrompts.of(model, table, imageFeatures);
    LanguageModelConfig decoder = model.config().languageModel();
    return new Calibrator(decoder, shape, tensors, config.quantization())
        .run(config.precision() == Precision.FP32 ? prompts.onlyHeldOut() : prompts);
  }

  private LinearLayers decoderLayers(Calibration calibration) {
    QuantizationConfig quantization = config.quantization();
    return switch (config.precision()) {
      case INT8 -> new Int8LinearLayers(calibration.inputs(), quantization.weightRange());
      case INT4 -> blocks(calibration, new Int4Rounding(new Int4Blocks(quantization.blockSize())));
      case INT8_BLOCKS ->
          blocks(calibration, new Int8BlockRounding(new Int8Blocks(quantization.blockSize())));
      case FP32, FP16, BF16, INT8_INT4, INT8_INT8_BLOCKS -> new Fp32LinearLayers();
    };
  }

  private static LinearLayers blocks(Calibration calibration, BlockRounding rounding) {
    return new BlockLinearLayers(calibration.inputs(), calibration.meanSquares(), rounding);
  }

  private void writeDecoder(LinearLayers linear) throws IOException {
    List<String> states =
        IntStream.range(0, shape.layers())
            .mapToObj(layer -> DecoderNames.state(layer, shape.layers()))
            .toList();
    files.putAll(
        GraphFiles.write(
            directory,
            new GraphFiles.Parts(
                ExportFiles.DECODER,
                graph -> build(graph, linear),
                linear instanceof Int8LinearLayers int8
                    ? graph -> build(graph, int8.mapped())
                    : null),
            states));
  }

  private void build(GraphBuilder graph, LinearLayers linear) {
    DecoderGraph.build(graph, linear, model.config().languageModel(), shape, tensors, false);
  }
}
