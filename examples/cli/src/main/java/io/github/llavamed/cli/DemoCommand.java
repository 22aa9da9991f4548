package io.github.llavamed.cli;

import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.demo.tour.DemoTour;
import io.github.llavamed.demo.tour.TourAnswer;
import io.github.llavamed.demo.tour.TourResult;
import io.github.llavamed.metric.ConfidenceInterval;
import io.github.llavamed.metric.MetricScore;
import io.github.llavamed.metric.ScoreReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: the whole tour on the embedded model and phantoms. */
@Command(
    name = "demo",
    description = {
      "Asks the embedded demo model about images that it has not seen, scores it on 300 of them",
      "beside answers that do not look, and writes a report. The model is a toy of 1.4 M",
      "parameters, trained on phantoms by 'demo train'. It is not a medical model."
    },
    subcommands = {DemoDataCommand.class, DemoTrainCommand.class},
    footer = {
      "",
      "The demo model understands these questions about its phantoms (left and right are the",
      "patient's: the patient's left is on the viewer's right); to others it answers at random:",
      "  What modality is this? / What imaging modality was used? / What type of image is this?",
      "  What body part is shown? / Which part of the body is this?",
      "  Is this a chest x-ray? (an abdominal CT scan, a brain MRI, a histology slide)",
      "  Is this image normal? / Does the image look normal?",
      "  Is there a nodule? / Does the image show a nodule?",
      "  What abnormality is seen? / What is the main finding?",
      "  Where is the nodule? / In which location is the nodule?",
      "  Is the nodule on the left side? / Is the nodule on the right side?",
      "  On which side is the nodule? / Which side is abnormal?",
      "  Is the heart enlarged? / Is there cardiomegaly?",
      "  Is a gland present? / Is there a gland?",
      "  What cells are seen? / Describe the cells.",
      "Findings: nodule, pleural effusion, pneumothorax; cyst, kidney stone, aortic aneurysm;",
      "tumor, hemorrhage, hydrocephalus; carcinoma, inflammation.",
      "",
      "Example:",
      "  llava-med demo --output demo-output"
    })
final class DemoCommand implements Callable<Integer> {
  private static final String OPEN = "recall";
  private static final String CLOSED = "closed_accuracy";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where pictures, answers and report go; default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("demo-output");

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Unseen images to score, three questions each; default: ${DEFAULT-VALUE}.")
  private int images = DemoTour.TEST_IMAGES;

  @Option(names = "--no-progress", description = "Print only the results.")
  private boolean noProgress;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    if (images < 1) {
      throw new ParameterException(
          command.commandLine(), "--images: expected 1 or more, found " + images);
    }
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Path checkpoint = modelChoice.directory(command);
    try (VisionLanguageModel model = modelChoice.load(command);
        ProgressReport progress = new ProgressReport(err, !noProgress)) {
      DemoTour tour = new DemoTour(model, checkpoint, UserPath.of(output), progress);
      TourResult result = tour.run(images);
      print(out, result);
    }
    return 0;
  }

  private static void print(PrintWriter out, TourResult result) {
    out.println("A few answers about images that the model has not seen:");
    Path picture = null;
    for (TourAnswer answer : result.answers()) {
      if (!answer.picture().equals(picture)) {
        picture = answer.picture();
        out.println("  " + picture);
      }
      String remark =
          answer.answer().equalsIgnoreCase(answer.reference())
              ? "right"
              : "wrong: " + answer.reference();
      out.println("    " + answer.question() + "  ->  " + answer.answer() + "  (" + remark + ")");
    }
    ScoreReport model = result.model();
    out.println();
    out.printf(
        Locale.ROOT,
        "%d questions about unseen images, protocol '%s':%n",
        model.openQuestions() + model.closedQuestions(),
        model.provenance().protocol());
    out.println("                               closed accuracy        open recall");
    line(out, "demo model", model);
    line(out, "without looking at the image", result.blind());
    out.println();
    out.println("report: " + result.report());
    out.println();
    out.println("Where to go next:");
    out.println("  llava-med demo train --output OUT        trains this model from nothing");
    out.println("  llava-med ask --image F --question TEXT  one question; see 'demo --help'");
    out.println("  llava-med ask --model DIR …              the same with a real checkpoint");
    out.println("  llava-med demo --backend libtorch        the same on another backend");
  }

  private static void line(PrintWriter out, String name, ScoreReport report) {
    out.printf("  %-28s %-22s %s%n", name, text(report, CLOSED), text(report, OPEN));
  }

  private static String text(ScoreReport report, String key) {
    MetricScore score = report.score(key).orElse(null);
    if (score == null) {
      return "-";
    }
    ConfidenceInterval interval = score.interval();
    String mean = String.format(Locale.ROOT, "%.1f %%", score.percent());
    return interval == null
        ? mean
        : mean + String.format(Locale.ROOT, " (%.1f to %.1f)", interval.lower(), interval.upper());
  }
}
