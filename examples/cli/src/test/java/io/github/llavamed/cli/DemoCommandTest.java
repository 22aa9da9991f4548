package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.demo.dataset.PhantomDataset;
import io.github.llavamed.demo.text.QuestionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @TempDir Path directory;

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void showsAnswersScoresAndWhereToGoNext() throws IOException {
    CliRunner.Outcome outcome =
        CliRunner.run(
            "demo",
            "--output",
            path("out"),
            "--images",
            "8",
            "--no-progress",
            "--cache-dir",
            path("cache"),
            "--precision",
            "fp32");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("a toy trained on phantoms, not a medical model");
    assertThat(outcome.out())
        .contains("x-ray.png", "24 questions about unseen images, protocol 'strict'")
        .contains("without looking at the image")
        .contains("llava-med demo train --output OUT");
    assertThat(Files.readString(directory.resolve("out/report.html"))).contains("blind");
    for (String name : new String[] {"x-ray", "ct", "mri", "histology"}) {
      var picture = ImageIO.read(directory.resolve("out/pictures/" + name + ".png").toFile());
      assertThat(picture.getWidth()).isEqualTo(288);
    }
  }

  @Test
  void helpListsEveryTemplate() {
    String help = CliRunner.run("demo", "--help").out();

    for (QuestionKind kind : QuestionKind.values()) {
      for (String template : kind.templates()) {
        String words = template.substring(0, Math.max(0, (template + "%").indexOf('%'))).strip();
        assertThat(help).contains(words);
      }
    }
  }

  @Test
  void askWithoutAModelUsesTheDemoModelAndSaysSo() throws IOException {
    Path picture = directory.resolve("picture.png");
    Files.write(picture, PhantomDataset.testImage(1, 288).png());

    CliRunner.Outcome outcome =
        CliRunner.run(
            "ask",
            "--image",
            picture.toString(),
            "--question",
            "What modality is this?",
            "--cache-dir",
            path("cache"),
            "--precision",
            "fp32");

    assertThat(outcome.out().strip()).isEqualTo("ct");
    assertThat(outcome.err()).containsOnlyOnce("no --model: using the embedded demo model");
  }

  @Test
  void trainRejectsAStageThatDoesNotExist() {
    CliRunner.Outcome outcome =
        CliRunner.run("demo", "train", "--output", path("out"), "--until", "stage9");

    assertThat(outcome.code()).isEqualTo(Main.WRONG_USAGE);
    assertThat(outcome.err())
        .contains("expected one of tower, language, alignment, instruction, vqa, found 'stage9'");
  }

  @Test
  void trainRefusesAFolderWithOtherFiles() throws IOException {
    Files.writeString(directory.resolve("thesis.txt"), "years of work");

    CliRunner.Outcome outcome = CliRunner.run("demo", "train", "--output", directory.toString());

    assertThat(outcome.code()).isEqualTo(Main.FAILED);
    assertThat(outcome.err()).contains("found other files; give another output directory");
    assertThat(directory.resolve("data")).doesNotExist();
  }

  @Test
  void rejectsATestWithoutImages() {
    CliRunner.Outcome outcome = CliRunner.run("demo", "--images", "0");

    assertThat(outcome.code()).isEqualTo(Main.WRONG_USAGE);
    assertThat(outcome.err()).contains("--images: expected 1 or more, found 0");
  }
}
