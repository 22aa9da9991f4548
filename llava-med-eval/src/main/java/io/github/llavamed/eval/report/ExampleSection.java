package io.github.llavamed.eval.report;

import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.ScoredAnswers;
import io.github.llavamed.eval.internal.page.Block;
import io.github.llavamed.eval.internal.page.Thumbnail;
import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.metric.AnswerKind;
import io.github.llavamed.metric.ProtocolMetric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Right and wrong answers with their images, evenly spread over the data set. */
final class ExampleSection {
  private static final int LONGEST_TEXT = 600;
  private static final Set<String> MAIN = Set.of("recall", "closed_accuracy");

  private final List<ReportedRun> runs;
  private final @Nullable Path images;
  private final int count;
  private final List<double[]> main;

  ExampleSection(List<ReportedRun> runs, @Nullable Path images, int count) {
    this.runs = runs;
    this.images = images;
    this.count = count;
    this.main = runs.stream().map(run -> mainScores(run.scored())).toList();
  }

  List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    if (runs.size() == 2) {
      String first = runs.get(0).name();
      String second = runs.get(1).name();
      add(blocks, "Only " + second + " is right", i -> isWrong(0, i) && isRight(1, i));
      add(blocks, "Only " + first + " is right", i -> isRight(0, i) && isWrong(1, i));
    } else {
      for (AnswerKind kind : List.of(AnswerKind.CLOSED, AnswerKind.OPEN)) {
        String name = kind == AnswerKind.OPEN ? "open" : "closed";
        add(blocks, "Wrong, " + name, i -> kind(i) == kind && isWrong(0, i));
        add(blocks, "Right, " + name, i -> kind(i) == kind && isRight(0, i));
      }
    }
    if (!blocks.isEmpty()) {
      blocks.add(0, new Block.Heading(2, "Examples"));
    }
    return blocks;
  }

  private void add(List<Block> blocks, String title, IntPredicate wanted) throws IOException {
    int[] found = IntStream.range(0, samples().size()).filter(wanted).toArray();
    int shown = Math.min(count, found.length);
    if (shown > 0) {
      blocks.add(new Block.Heading(3, "%s (%d of %d)".formatted(title, shown, found.length)));
    }
    for (int i = 0; i < shown; i++) {
      int spread = (int) ((long) i * found.length / shown);
      blocks.add(example(found[spread]));
    }
  }

  private Block example(int index) throws IOException {
    VqaSample sample = samples().get(index);
    List<Block.Field> fields = new ArrayList<>();
    fields.add(new Block.Field("question", shortened(question(sample))));
    fields.add(new Block.Field("reference", shortened(sample.reference())));
    for (ReportedRun run : runs) {
      String name = runs.size() == 1 ? "answer" : run.name();
      fields.add(new Block.Field(name, shortened(run.predictions().get(index).text())));
    }
    String image = sample.image();
    if (image != null) {
      fields.add(new Block.Field("image", image));
    }
    String picture =
        image == null || images == null ? null : Thumbnail.of(images.resolve(image)).orElse(null);
    return new Block.Example("Question " + sample.id(), picture, fields);
  }

  private static String question(VqaSample sample) {
    return PythonText.strip(sample.question().replace("<image>", ""));
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_TEXT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_TEXT)) + " …";
  }

  private List<VqaSample> samples() {
    return runs.get(0).scored().samples();
  }

  private AnswerKind kind(int index) {
    return runs.get(0).scored().protocol().kindOf(samples().get(index));
  }

  /** Right: every word of an open reference is there, or the closed answer counts. */
  private boolean isRight(int run, int index) {
    return score(run, index) >= 1;
  }

  private boolean isWrong(int run, int index) {
    return score(run, index) == 0;
  }

  private double score(int run, int index) {
    return main.get(run)[index];
  }

  /** The figure that was published: recall of open questions, accuracy of closed ones. */
  private static double[] mainScores(ScoredAnswers scored) {
    double[] scores = new double[scored.samples().size()];
    Arrays.fill(scores, Double.NaN);
    for (ProtocolMetric metric : scored.protocol().metrics()) {
      if (MAIN.contains(metric.key())) {
        double[] values = scored.values(metric.key());
        for (int i = 0; i < scores.length; i++) {
          scores[i] = Double.isNaN(values[i]) ? scores[i] : values[i];
        }
      }
    }
    return scores;
  }
}
