package io.github.llavamed.cli;

import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.model.ModelInspection;
import io.github.llavamed.model.VisionTowerChoice;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An inspection as text for people: the short facts first, the long list of tensors last. */
final class InspectionText {
  private static final double MIB = 1 << 20;
  private static final int SHOWN_PROBLEMS = 20;

  private final ModelInspection inspection;
  private final StringBuilder text = new StringBuilder();

  private InspectionText(ModelInspection inspection) {
    this.inspection = inspection;
  }

  static String of(ModelInspection inspection) {
    InspectionText text = new InspectionText(inspection);
    text.write();
    return text.text.toString();
  }

  private void write() {
    line("directory", inspection.directory());
    line("family", inspection.family() == null ? "unknown" : inspection.family().id());
    ConfigReport report = inspection.config();
    if (report != null) {
      config(report.config());
      if (!report.unknownKeys().isEmpty()) {
        line("unknown keys", String.join(", ", report.unknownKeys()));
      }
    }
    tokens();
    VisionTowerChoice tower = inspection.visionTower();
    if (tower != null) {
      line(
          "tower source",
          (tower.directory() == null ? "checkpoint" : tower.directory())
              + " ("
              + tower.reason()
              + ")");
    }
    line("total", bytes(inspection.totalBytes()));
    inspection.notes().forEach(note -> line("note", note));
    line("loads", inspection.isLoadable() ? "yes" : "no");
    problems("problem", inspection.problems());
    problems("missing", inspection.missing());
    problems("unused", inspection.unused());
    tensors("tensors of the checkpoint", inspection.tensors());
    tensors("tensors of the vision tower's own files", inspection.towerTensors());
  }

  private void config(LlavaConfig config) {
    LanguageModelConfig decoder = config.languageModel();
    line(
        "decoder",
        String.format(
            Locale.ROOT,
            "%s, %d layers, hidden %d, MLP %d, %d heads of %d, %d key/value heads, vocabulary %d",
            decoder.modelType(),
            decoder.numHiddenLayers(),
            decoder.hiddenSize(),
            decoder.intermediateSize(),
            decoder.numAttentionHeads(),
            decoder.headDim(),
            decoder.numKeyValueHeads(),
            decoder.vocabSize()));
    VisionTowerConfig tower = config.visionTower();
    line(
        "vision tower",
        String.format(
            Locale.ROOT,
            "%s, %d layers, hidden %d, %d px, patch %d; layer %d, class token %s",
            tower.type(),
            tower.numHiddenLayers(),
            tower.hiddenSize(),
            tower.imageSize(),
            tower.patchSize(),
            config.featureSelection().layer(),
            config.featureSelection().dropClassToken() ? "dropped" : "kept"));
    line(
        "projector",
        config.projector().typeName()
            + ", "
            + config.projector().inputSize()
            + " to "
            + config.projector().outputSize());
    line(
        "images",
        config.imageFeatureCount()
            + " positions each, aspect "
            + config.imageAspect().name().toLowerCase(Locale.ROOT)
            + (config.mmUseImStartEnd() ? ", between markers" : ""));
    line("context", config.contextLength() + " positions");
    line("stored as", config.torchDtype() == null ? "not said" : config.torchDtype());
  }

  private void tokens() {
    Integer length = inspection.tokenizerLength();
    Map<String, Integer> added = inspection.addedTokens();
    String names =
        added.entrySet().stream()
            .map(entry -> entry.getKey() + " = " + entry.getValue())
            .collect(Collectors.joining(", "));
    line(
        "tokenizer",
        (length == null ? "cannot be read" : length + " ids")
            + (added.isEmpty() ? "" : "; added: " + names));
  }

  private void problems(String label, List<String> lines) {
    lines.stream().limit(SHOWN_PROBLEMS).forEach(problem -> line(label, problem));
    if (lines.size() > SHOWN_PROBLEMS) {
      line(label, "... and " + (lines.size() - SHOWN_PROBLEMS) + " more; --json lists all");
    }
  }

  private void tensors(String title, List<TensorInfo> tensors) {
    if (tensors.isEmpty()) {
      return;
    }
    text.append('\n').append(title).append(" (").append(tensors.size()).append("):\n");
    for (TensorInfo info : tensors) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-7s %-18s %s  (%s)%n",
              info.dtype(),
              info.shape(),
              info.name(),
              info.file().getFileName()));
    }
  }

  private void line(String label, Object value) {
    text.append(String.format(Locale.ROOT, "%-14s %s%n", label, value));
  }

  private static String bytes(long count) {
    return String.format(Locale.ROOT, "%d bytes (%.1f MiB)", count, count / MIB);
  }
}
