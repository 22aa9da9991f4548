package io.github.llavamed.cli;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.dataset.CandidateFile;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.eval.judge.ChatVerdict;
import io.github.llavamed.eval.report.ReportedRun;
import io.github.llavamed.eval.report.RunReport;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
      description = "Fields of the questions to group by; default: question_type.")
  private List<String> groups = new ArrayList<>(List.of(VqaSample.QUESTION_TYPE));

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
      Evaluation evaluation = evaluation(options, bootstrap);
      for (int i = 0; i < predictions.size(); i++) {
        AnswerFile answers = AnswerFile.read(predictions.get(i), options);
        RunRecord made = RunRecord.read(predictions.get(i), options);
        builder.run(ReportedRun.of(name(i), evaluation.withRun(made), dataset, answers));
      }
    }
    if (scoresFile != null) {
      ChatSummary.Version fields = ChatSummary.Version.V1_5;
      builder.chat(ChatSummary.of(ChatVerdict.read(scoresFile, fields, options), fields));
    }
  }

  private Evaluation evaluation(EvaluationOptions options, BootstrapConfig bootstrap)
      throws IOException {
    Evaluation evaluation =
        Evaluation.of(scoring.protocol("llava-med-v1")).withGroups(groups).withBootstrap(bootstrap);
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
