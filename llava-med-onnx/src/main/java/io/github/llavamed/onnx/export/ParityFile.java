package io.github.llavamed.onnx.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.store.ExportFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code parity.json} of an export. */
final class ParityFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ParityFile() {}

  static void write(ParityReport report, Path directory) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("precision", report.precision().id());
    root.put("prompts", report.prompts());
    root.put("positions", report.positions());
    root.put("nextTokenAgreement", report.nextTokenAgreement());
    root.put("meanKl", report.meanKl());
    root.put("firstTokenKl", report.firstTokenKl());
    ArrayNode exceeded = root.putArray("exceeded");
    report.exceeded().forEach(exceeded::add);
    ArrayNode modules = root.putArray("modules");
    for (ParityReport.Module module : report.modules()) {
      modules
          .addObject()
          .put("name", module.name())
          .put("cosine", module.cosine())
          .put("worstRowCosine", module.worstRowCosine())
          .put("maxError", module.maxError())
          .put("largestValue", module.largestValue());
    }
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(directory.resolve(ExportFiles.PARITY).toFile(), root);
  }

  static ParityReport read(Path directory) throws IOException {
    JsonNode root = JSON.readTree(directory.resolve(ExportFiles.PARITY).toFile());
    List<ParityReport.Module> modules = new ArrayList<>();
    for (JsonNode module : root.path("modules")) {
      modules.add(
          new ParityReport.Module(
              module.path("name").asText(),
              module.path("cosine").asDouble(),
              module.path("worstRowCosine").asDouble(),
              module.path("maxError").asDouble(),
              module.path("largestValue").asDouble()));
    }
    String precision = root.path("precision").asText();
    try {
      return new ParityReport(
          Precision.byId(precision).orElseThrow(),
          root.path("prompts").asText(),
          root.path("positions").asInt(),
          modules,
          root.path("nextTokenAgreement").asDouble(),
          root.path("meanKl").asDouble(),
          root.path("firstTokenKl").asDouble());
    } catch (IllegalArgumentException e) {
      throw new IOException(directory.resolve(ExportFiles.PARITY) + ": not a parity report", e);
    }
  }
}
