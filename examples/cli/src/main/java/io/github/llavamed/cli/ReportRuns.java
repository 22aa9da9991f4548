package io.github.llavamed.cli;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.ProvenanceFile;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.dataset.CandidateFile;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.eval.dataset.QuestionAttributes;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.eval.judge.ChatVerdict;
import io.github.llavamed.eval.report.ReportedRun;
import io.github.llavamed.eval.report.RunReport;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import io.github.llavamed.metric.Provenance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of a report that name scored runs. */
final class ReportRuns {
  @Mixin private final ProtocolChoice scoring = new ProtocolChoice();

  @Option(names = "--gt", paramLabel = "FILE", description = "The questions with references.")
  private @Nullable Path gt;

  @Option(
      names = "--pred",
      paramLabel = "FILE",
      description = "Answers; a second time for a run to set beside the first.")
  private List<Path> predictions = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What a run is called, once for each --pred; default: its file's name.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--candidate",
      paramLabel = "FILE",
      description = "Candidate answers, for protocols that need some.")
  private @Nullable Path candidate;

  @Option(
      names = "--group-by",
      split = ",",
      paramLabel = "FIELD",
      description =
          "Fields of the questions to group by; default: question_type and modality, where the"
              + " questions have them.")
  private List<String> groups = new ArrayList<>();

  @Option(
      names = "--attributes",
      paramLabel = "FILE",
      description =
          "A JSON array with id or qid that adds fields to the questions: SLAKE as published has"
              + " modality and content_type, VQA-RAD image_organ.")
  private @Nullable Path attributes;

  @Option(
      names = "--scores-file",
      paramLabel = "FILE",
      description = "Verdicts of the chat benchmark (v1.5).")
  private @Nullable Path scoresFile;

  boolean isGiven() {
    return !predictions.isEmpty() || scoresFile != null;
  }

  void addTo(RunReport.Builder builder, CommandSpec command, BootstrapConfig bootstrap)
      throws IOException {
    boolean namesFit = names.isEmpty() || names.size() == predictions.size();
    if (predictions.size() > 2 || !namesFit || (gt == null && !predictions.isEmpty())) {
      throw new ParameterException(
          command.commandLine(),
          "expected --gt, one or two --pred and as many --name or none, found %d and %d"
              .formatted(predictions.size(), names.size()));
    }
    EvaluationOptions options = scoring.options();
    if (gt != null) {
      VqaDataset dataset = MedicalVqaDataset.read(gt, options);
      if (attributes != null) {
        dataset = QuestionAttributes.read(attributes, options).addTo(dataset);
      }
      Evaluation evaluation = evaluation(options, bootstrap).withGroups(groups(dataset));
      for (int i = 0; i < predictions.size(); i++) {
        AnswerFile answers = AnswerFile.read(predictions.get(i), options);
        RunRecord made = RunRecord.read(predictions.get(i), options);
        builder.run(ReportedRun.of(name(i), evaluation.withRun(made), dataset, answers));
      }
    }
    if (scoresFile != null) {
      ChatSummary.Version fields = ChatSummary.Version.V1_5;
      builder.chat(ChatSummary.of(ChatVerdict.read(scoresFile, fields, options), fields));
      for (Provenance provenance : ProvenanceFile.read(scoresFile, options)) {
        builder.provenance(String.valueOf(scoresFile.getFileName()), provenance);
      }
    }
  }

  private List<String> groups(VqaDataset dataset) {
    if (!groups.isEmpty()) {
      return groups;
    }
    return Stream.of(VqaSample.QUESTION_TYPE, VqaSample.MODALITY)
        .filter(name -> dataset.samples().stream().anyMatch(s -> s.attributes().containsKey(name)))
        .toList();
  }

  private Evaluation evaluation(EvaluationOptions options, BootstrapConfig bootstrap)
      throws IOException {
    Evaluation evaluation =
        Evaluation.of(scoring.protocol("llava-med-v1")).withBootstrap(bootstrap);
    return candidate == null
        ? evaluation
        : evaluation.withContext(CandidateFile.read(candidate, options));
  }

  private String name(int index) {
    return names.isEmpty()
        ? (predictions.size() == 1 ? "" : (char) ('A' + index) + ": ")
            + predictions.get(index).getFileName()
        : names.get(index);
  }
}
