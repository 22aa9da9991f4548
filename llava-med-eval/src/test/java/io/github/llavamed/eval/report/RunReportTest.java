package io.github.llavamed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.eval.judge.ChatVerdict;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  private static final BootstrapConfig BOOTSTRAP = new BootstrapConfig(0, 500, 0.95);
  private static final int QUESTIONS = 24;

  @TempDir Path folder;
  private VqaDataset dataset;

  @BeforeEach
  void makeDataset() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data_RAD"));
    StringBuilder questions = new StringBuilder("[");
    for (int i = 0; i < QUESTIONS; i++) {
      boolean open = i % 2 == 0;
      picture(folder.resolve("img" + i + ".png"), i);
      questions.append(
          """
          %s{"id": %d, "image": "img%d.png", "answer_type": "%s", "question_type": "%s",
           "conversations": [{"from": "human", "value": "Where is <b>it</b>, %d?\\n<image>"},
           {"from": "gpt", "value": "%s"}]}
          """
              .formatted(
                  i == 0 ? "" : ",",
                  i,
                  i,
                  open ? "OPEN" : "CLOSED",
                  i % 3 == 0 ? "POS" : "PRES",
                  i,
                  open ? "left lung" : "yes"));
    }
    Files.writeString(data.resolve("test.json"), questions.append("]"));
    dataset = MedicalVqaDataset.read(data.resolve("test.json"), EvaluationOptions.DEFAULT);
  }

  private static void picture(Path file, int number) throws IOException {
    BufferedImage image = new BufferedImage(480, 300, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(Color.HSBtoRGB(number / (float) QUESTIONS, 0.7f, 0.9f)));
    graphics.fillOval(60, 20, 360, 260);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }

  private ReportedRun run(String name, int rightEvery) throws IOException {
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < QUESTIONS; i++) {
      boolean right = i % rightEvery == 0;
      String text =
          right ? (i % 2 == 0 ? "The left lung." : "Yes.") : "<script>alert(1)</script> *no*";
      answers.append("{\"question_id\": %d, \"text\": \"%s\"}\n".formatted(i, text));
    }
    Path file = Files.writeString(folder.resolve(name + ".jsonl"), answers);
    Evaluation evaluation =
        Evaluation.of(ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL))
            .withGroups(List.of("question_type"))
            .withBootstrap(BOOTSTRAP);
    return ReportedRun.of(
        name, evaluation, dataset, AnswerFile.read(file, EvaluationOptions.DEFAULT));
  }

  @Test
  void putsTwoRunsSideBySideInOneFileThatLoadsNothing() throws IOException {
    RunReport report =
        RunReport.builder("Two runs")
            .run(run("base", 3))
            .run(run("tuned", 1))
            .images(folder)
            .examples(2)
            .bootstrap(BOOTSTRAP)
            .build();

    String html = report.html();
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("Research use only", "tuned against base", "p, McNemar", "Only tuned is right")
        .contains("Published figures on VQA-RAD", "LLaVA-Med (BiomedCLIP)", "64.75")
        .contains("SHA-256 of predictions", dataset.sha256())
        .contains("By question type", "&lt;script&gt;alert(1)&lt;/script&gt;")
        .doesNotContain("<script", "http://", "https://", "@import", "url(");
    assertThat(pictures(html, "png")).isPositive();
    assertThat(pictures(html, "jpeg")).isEqualTo(2);
  }

  @Test
  void tellsMarkdownReadersTheSameFigures() throws IOException {
    RunReport report =
        RunReport.builder("One run").run(run("tuned", 3)).images(folder).examples(1).build();

    assertThat(report.markdown())
        .startsWith("# One run\n\nResearch use only")
        .contains("| recall | 12 | 33.33 [", "| yes/no accuracy | 12 | 33.33 [")
        .contains("Wrong, closed (1 of 8)", "Right, open (1 of 4)")
        .contains("\\<script\\>alert(1)\\</script\\> \\*no\\*")
        .contains("| this report: tuned |")
        .doesNotContain("data:image");
  }

  @Test
  void alignsColumnsAsAWholeAndKeepsNamesInOnePiece() throws IOException {
    String html = RunReport.builder("One").run(run("tuned", 3)).build().html();

    assertThat(html)
        .contains("<td>version of protocol</td><td>1</td>")
        .contains("<td>recall</td><td class=\"n\">12</td><td class=\"n\">33.33 [")
        .contains("td:first-child{overflow-wrap:normal}");
  }

  @Test
  void goesOnWithoutImagesThatAreNotThere() throws IOException {
    RunReport report =
        RunReport.builder("No images").run(run("a", 2)).images(folder.resolve("none")).build();

    assertThat(pictures(report.html(), "jpeg")).isZero();
    assertThat(report.html()).contains("no image", "img1.png");
  }

  @Test
  void setsChatScoresAbovePublishedOnes() throws IOException {
    ChatSummary summary =
        ChatSummary.of(
            List.of(new ChatVerdict("conversation", "mri", 8, 4)), ChatSummary.Version.V1_5);

    assertThat(RunReport.builder("Chat").chat(summary).build().markdown())
        .contains("Chat benchmark", "50.00 (1)", "LLaVA-Med, 60K-IM", "50.20");
  }

  @Test
  void refusesNothingAndTooMuch() throws IOException {
    assertThatThrownBy(() -> RunReport.builder("Empty").build())
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("found nothing");
    ReportedRun run = run("a", 1);
    assertThatThrownBy(() -> RunReport.builder("Three").run(run).run(run).run(run))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("third");
  }

  @Test
  void knowsBenchmarksByTheirFolders() {
    assertThat(PublishedResults.Benchmark.of("Slake1.0"))
        .contains(PublishedResults.Benchmark.SLAKE);
    assertThat(PublishedResults.Benchmark.of("vqa_rad"))
        .contains(PublishedResults.Benchmark.VQA_RAD);
    assertThat(PublishedResults.Benchmark.of("pvqa")).contains(PublishedResults.Benchmark.PATH_VQA);
    assertThat(PublishedResults.Benchmark.of("my data")).isEmpty();
  }

  /** Counts pictures of a kind and checks that each of them can be shown. */
  private static int pictures(String html, String kind) throws IOException {
    Matcher address =
        Pattern.compile("src=\"data:image/" + kind + ";base64,([^\"]+)\"").matcher(html);
    int count = 0;
    while (address.find()) {
      byte[] bytes = Base64.getDecoder().decode(address.group(1));
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
      assertThat(image.getWidth()).isBetween(300, 1400);
      count++;
    }
    return count;
  }
}
