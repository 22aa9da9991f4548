package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.cli.CliRunner.Outcome;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny model learns eight pictures by heart, from the command line to the answers. */
class OverfitTest {
  private static final String QUESTION = "What is shown?";
  private static final List<String> ANSWERS =
      List.of("The lung.", "A scan.", "No.", "The heart.", "Yes.", "A liver.", "Red.", "Two.");
  private static final double LEARNT = 0.05;

  @TempDir Path directory;

  @Test
  void eightPicturesAreLearntSavedLoadedAndAnswered() throws IOException {
    Path output = directory.resolve("out");
    Path metrics = directory.resolve("metrics.jsonl");

    Outcome trained =
        CliRunner.run(
            "train",
            "--model_name_or_path",
            CliRunner.checkpoint("v15-mlp2x"),
            "--data_path",
            samples().toString(),
            "--image_folder",
            directory.toString(),
            "--output_dir",
            output.toString(),
            "--version",
            "mistral_instruct",
            "--model_max_length",
            "128",
            "--per_device_train_batch_size",
            "8",
            "--max_steps",
            "80",
            "--learning_rate",
            "4e-3",
            "--lr_scheduler_type",
            "cosine",
            "--warmup_ratio",
            "0.05",
            "--save_strategy",
            "no",
            "--seed",
            "1",
            "--threads",
            "1",
            "--quirks",
            "none",
            "--no-progress",
            "--metrics-file",
            metrics.toString());

    assertThat(trained.code()).as(trained.err()).isZero();
    List<String> steps = Files.readAllLines(metrics);
    double first = JsonText.object(steps.get(0), "first step").path("loss").asDouble();
    double last = JsonText.object(steps.get(steps.size() - 1), "last step").path("loss").asDouble();
    assertThat(first).isGreaterThan(1);
    assertThat(last).isLessThan(LEARNT);
    assertThat(answers(output)).isEqualTo(ANSWERS);
  }

  /** Asks for each picture on ONNX Runtime. */
  private List<String> answers(Path model) {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < ANSWERS.size(); i++) {
      Outcome asked =
          CliRunner.run(
              "ask",
              "--model",
              model.toString(),
              "--backend",
              "onnx-cpu",
              "--question",
              QUESTION,
              "--image",
              directory.resolve(i + ".png").toString(),
              "--max-new-tokens",
              "12");
      assertThat(asked.code()).as(asked.err()).isZero();
      answers.add(asked.out().strip());
    }
    return answers;
  }

  private Path samples() throws IOException {
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < ANSWERS.size(); i++) {
      ImageIO.write(picture(i), "png", directory.resolve(i + ".png").toFile());
      samples.add(
          """
          {"id": %1$d, "image": "%1$d.png", "conversations": [
            {"from": "human", "value": "%2$s\\n<image>"}, {"from": "gpt", "value": "%3$s"}]}"""
              .formatted(i, QUESTION, ANSWERS.get(i)));
    }
    return Files.writeString(
        directory.resolve("samples.json"), "[" + String.join(",", samples) + "]");
  }

  /** Eight colours, each with a bar at a place of its own. */
  private static BufferedImage picture(int number) {
    BufferedImage picture = new BufferedImage(56, 56, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(Color.getHSBColor(number / 8f, 1, 1));
    pen.fillRect(0, 0, 56, 56);
    pen.setColor(Color.WHITE);
    pen.fillRect(7 * number, 0, 7, 56);
    pen.dispose();
    return picture;
  }
}
