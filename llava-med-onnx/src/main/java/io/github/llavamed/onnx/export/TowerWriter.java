package io.github.llavamed.onnx.export;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.calibration.SampleImages;
import io.github.llavamed.onnx.internal.calibration.TowerCalibration;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.model.Fp32LinearLayers;
import io.github.llavamed.onnx.internal.model.InputTreatment;
import io.github.llavamed.onnx.internal.model.Int8LinearLayers;
import io.github.llavamed.onnx.internal.model.LinearLayers;
import io.github.llavamed.onnx.internal.model.ModelTensors;
import io.github.llavamed.onnx.internal.model.ProductInput;
import io.github.llavamed.onnx.internal.model.RecordedLinearLayers;
import io.github.llavamed.onnx.internal.model.VisionGraph;
import io.github.llavamed.onnx.internal.model.VisionNames;
import io.github.llavamed.onnx.internal.store.ExportFiles;
import io.github.llavamed.onnx.internal.store.FileRecord;
import io.github.llavamed.onnx.internal.store.GraphFiles;
import io.github.llavamed.onnx.quantization.TowerRounding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the vision graph of one export, and decides whether it is rounded to 8 bits. Confined to
 * one thread.
 */
final class TowerWriter {
  private static final Logger LOG = LoggerFactory.getLogger(TowerWriter.class);

  /** The float32 tower that a rounded one is measured against; gone when this is done. */
  private static final String REFERENCE = "reference-vision.onnx";

  /** Cosine that every block and the features must keep for a tower to be rounded unasked. */
  private static final double CLOSE = 0.9995;

  /** The same for the worst patch of the features. */
  private static final double CLOSE_PATCH = 0.998;

  private final LlavaConfig model;
  private final ModelTensors tensors;
  private final OnnxExportConfig config;
  private final Path directory;

  TowerWriter(LlavaConfig model, ModelTensors tensors, OnnxExportConfig config, Path directory) {
    this.model = model;
    this.tensors = tensors;
    this.config = config;
    this.directory = directory;
  }

  /**
   * What was written.
   *
   * @param files the records of the graph's files by name
   * @param modules how close a rounded tower is to float32, nothing for one in float32
   * @param sampleFeatures projected features of the sample images in float32 // [p, c] each
   */
  record Written(
      Map<String, FileRecord> files,
      List<ParityReport.Module> modules,
      List<float[]> sampleFeatures) {}

  /** Writes the graph. */
  Written write() throws IOException {
    boolean mayRound =
        config.precision() != Precision.FP32
            && config.quantization().tower() != TowerRounding.NEVER;
    return mayRound ? writeRounded() : writeFloat();
  }

  private Written writeFloat() throws IOException {
    Map<String, FileRecord> files = graph(ExportFiles.VISION, new Fp32LinearLayers(), List.of());
    return new Written(files, List.of(), sampleFeatures(ExportFiles.VISION));
  }

  private Written writeRounded() throws IOException {
    List<String> blocks = VisionGraph.states(model);
    RecordedLinearLayers reference = new RecordedLinearLayers();
    graph(REFERENCE, reference, exposedReference(blocks));
    Map<String, InputTreatment> treatments =
        TowerCalibration.choose(
            probe(REFERENCE),
            model,
            VisionGraph.productInputs(model),
            reference.weights(),
            config.quantization().weightRange(),
            config.quantization().towerOutlierChannels());
    Int8LinearLayers layers = new Int8LinearLayers(treatments, config.quantization().weightRange());
    Map<String, FileRecord> files = graph(ExportFiles.VISION, layers, blocks);
    List<ParityReport.Module> modules =
        ParityMeasurement.vision(probe(REFERENCE), probe(ExportFiles.VISION), model, blocks);
    List<float[]> features = sampleFeatures(REFERENCE);
    delete(REFERENCE);
    Files.deleteIfExists(probe(ExportFiles.VISION));
    if (isAccepted(modules)) {
      return new Written(files, modules, features);
    }
    delete(ExportFiles.VISION);
    return new Written(
        graph(ExportFiles.VISION, new Fp32LinearLayers(), List.of()), List.of(), features);
  }

  /** Returns the names of the values that the float32 tower has to show. */
  private List<String> exposedReference(List<String> blocks) {
    List<String> exposed = new ArrayList<>(blocks);
    VisionGraph.productInputs(model).stream()
        .map(ProductInput::name)
        .filter(name -> !name.equals(VisionNames.IMAGE_FEATURES)) // Is one already.
        .forEach(exposed::add);
    return exposed;
  }

  /** Says what was measured, and whether a tower like that is used. */
  private boolean isAccepted(List<ParityReport.Module> modules) {
    ParityReport.Module worst =
        modules.stream()
            .min(Comparator.comparingDouble(ParityReport.Module::cosine))
            .orElseThrow(() -> new IllegalStateException("tower without modules"));
    ParityReport.Module features = modules.get(modules.size() - 1);
    boolean close = worst.cosine() >= CLOSE && features.worstRowCosine() >= CLOSE_PATCH;
    boolean accepted = close || config.quantization().tower() == TowerRounding.ALWAYS;
    LOG.info(
        "vision tower in {}: rounded to int8, its features have a cosine of {} to float32 ({} for"
            + " the worst patch, {} after {}); unasked it takes {} and {}",
        accepted ? "int8" : "fp32",
        digits(features.cosine()),
        digits(features.worstRowCosine()),
        digits(worst.cosine()),
        worst.name(),
        CLOSE,
        CLOSE_PATCH);
    return accepted;
  }

  private static String digits(double cosine) {
    return "%.5f".formatted(cosine);
  }

  private Map<String, FileRecord> graph(String name, LinearLayers linear, List<String> exposed)
      throws IOException {
    boolean twin = config.precision() == Precision.INT8; // Others' decoders cannot be mapped.
    return GraphFiles.write(
        directory,
        new GraphFiles.Parts(
            name,
            graph -> build(graph, linear),
            twin && linear instanceof Int8LinearLayers int8
                ? graph -> build(graph, int8.mapped())
                : null),
        exposed);
  }

  private void build(GraphBuilder graph, LinearLayers linear) {
    VisionGraph.build(graph, linear, model, tensors, false);
  }

  private List<float[]> sampleFeatures(String graph) {
    return SampleImages.project(directory.resolve(graph), model);
  }

  private Path probe(String graph) {
    return directory.resolve(ExportFiles.probe(graph));
  }

  private void delete(String graph) throws IOException {
    Files.deleteIfExists(probe(graph));
    Files.deleteIfExists(directory.resolve(graph));
    Files.deleteIfExists(directory.resolve(ExportFiles.mapped(graph)));
    Files.deleteIfExists(directory.resolve(ExportFiles.data(graph)));
  }
}
