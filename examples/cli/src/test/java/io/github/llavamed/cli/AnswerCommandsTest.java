package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.cli.CliRunner.Outcome;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From pictures and questions to answers, figures and a report, on a tiny model. */
class AnswerCommandsTest {
  private static final int QUESTIONS = 8;

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void makeDataset() throws IOException {
    data = Files.createDirectories(folder.resolve("data/data_RAD"));
    List<String> records = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      String image = "synpic" + i / 2 + ".png";
      picture(data.resolve("images").resolve(image), i / 2);
      boolean open = i % 2 == 0;
      records.add(
          """
          {"id": %d, "image": "%s", "answer_type": "%s", "question_type": "%s",
           "conversations": [{"from": "human", "value": "Is it bright, %d?\\n<image>"},
           {"from": "gpt", "value": "%s"}]}
          """
              .formatted(
                  i,
                  image,
                  open ? "OPEN" : "CLOSED",
                  open ? "COLOR" : "PRES",
                  i,
                  open ? "red" : "yes"));
      lines.add(
          "{\"question_id\": %d, \"image\": \"%s\", \"text\": \"Is it bright, %d?\\n<image>\", \"category\": \"conv\"}"
              .formatted(i, image, i));
    }
    Files.writeString(data.resolve("test.json"), "[" + String.join(",", records) + "]");
    Files.write(data.resolve("chat.jsonl"), lines);
  }

  private static void picture(Path file, int number) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(120, 90, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor(number / 4f, 0.8f, 0.9f));
    graphics.fillOval(10, 10, 100, 70);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v10-markers", "v15-mlp2x"})
  void answersScoresAndReportsAMedicalDataset(String model) throws IOException {
    Path answers = folder.resolve("out/data_RAD/test-answer-file.jsonl");

    Outcome answered = answer(model, "model-vqa-med", "test.json", answers);

    assertThat(answered.err()).isEmpty();
    assertThat(answered.code()).isZero();
    assertThat(answered.out()).isEqualTo(CliRunner.checkpoint(model) + System.lineSeparator());
    List<String> lines = Files.readAllLines(answers);
    assertThat(lines).hasSize(QUESTIONS);
    ObjectNode first = JsonText.object(lines.get(0), "answer");
    assertThat(first.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("question_id", "prompt", "text", "answer_id", "model_id", "metadata");
    assertThat(first.path("prompt").asText()).isEqualTo("Is it bright, 0?\n<image>");

    assertThat(answer(model, "model-vqa-med", "test.json", answers).code()).isZero();
    assertThat(Files.readAllLines(answers)).as("nothing was asked again").isEqualTo(lines);
    assertThat(texts(chunked(model))).isEqualTo(texts(answers));

    assertScores(answers);
    assertBatchScores(answers);
    assertReport(answers);
  }

  private Path chunked(String model) {
    Path merged = folder.resolve("chunks/test-answer-file.jsonl");
    Outcome outcome =
        answer(model, "run-med-datasets-eval-batch", "test.json", merged, "--num-chunks", "3");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).startsWith("model-vqa-med --model-name "));
    return merged;
  }

  private void assertScores(Path answers) throws IOException {
    Path candidates =
        Files.writeString(data.resolve("train_open_answers.json"), "{\"0\": [\"red\", \"blue\"]}");
    Outcome text =
        CliRunner.run(
            "run-eval",
            "--gt",
            data.resolve("test.json").toString(),
            "--candidate",
            candidates.toString(),
            "--pred",
            answers.toString());
    assertThat(text.out())
        .startsWith("\n========\n data_RAD\nnum_gt_ids: 8 || num_pred_ids: 8\n")
        .contains("yes/no accuracy");
    ObjectNode json =
        JsonText.object(
            CliRunner.run(
                    "run-eval",
                    "--gt",
                    data.resolve("test.json").toString(),
                    "--pred",
                    answers.toString(),
                    "--protocol",
                    "llava-med-v1",
                    "--json")
                .out(),
            "scores");
    assertThat(json.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly(
            "dataset",
            "protocol",
            "num_open",
            "num_closed",
            "exact_match",
            "f1",
            "precision",
            "recall",
            "bleu",
            "bleu_1",
            "bleu_2",
            "bleu_3",
            "open_accuracy",
            "closed_accuracy",
            "recall_closed",
            "provenance");
    assertThat(json.path("provenance").path("sha256").has("model")).isTrue();
    assertThat(json.path("provenance").path("settings").path("generation.backend").asText())
        .isEqualTo("onnx-cpu");
  }

  private void assertBatchScores(Path answers) throws IOException {
    Outcome batch =
        CliRunner.run(
            "run-eval-batch",
            "--pred_file_parent_path",
            folder.resolve("out").toString(),
            "--dataset-root",
            folder.resolve("data").toString(),
            "--output-folder",
            folder.toString(),
            "--json");
    assertThat(batch.code()).isZero();
    assertThat(JsonText.object(batch.out(), "scores").path("num_closed").asInt()).isEqualTo(4);
    assertThat(batch.err()).contains("num_open 4 || num_close 4", answers.toString());
    assertThat(folder.resolve("eval_results_med_datasets.jsonl")).isNotEmptyFile();
    assertThat(folder.resolve("eval_results_med_datasets.jsonl.provenance.json"))
        .content()
        .startsWith("[")
        .contains("llava-med-v1", "generation.temperature", "\"pred_file\": \"" + answers);
  }

  private void assertReport(Path answers) throws IOException {
    Path other = Files.copy(answers, folder.resolve("other.jsonl"));
    Outcome outcome =
        CliRunner.run(
            "report",
            "--gt",
            data.resolve("test.json").toString(),
            "--pred",
            answers.toString(),
            "--pred",
            other.toString(),
            "--image-folder",
            data.resolve("images").toString(),
            "--results",
            folder.resolve("eval_results_med_datasets.jsonl").toString(),
            "--output",
            folder.resolve("report").toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("{'exact match score': ");
    assertThat(folder.resolve("report/report.html"))
        .content()
        .contains("Research use only", "VQA-RAD", "B: other.jsonl against A: test-answer-file");
    assertThat(folder.resolve("report/report.md")).content().contains("## Provenance");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v10-markers", "v15-mlp2x", "hf-mistral"})
  void answersChatQuestionsByTheCheckpointsOwnRules(String model) throws IOException {
    Path answers = folder.resolve("chat/answers.jsonl");

    Outcome outcome = answer(model, "model-vqa", "chat.jsonl", answers);

    assertThat(outcome.err()).isEmpty();
    ObjectNode line = JsonText.object(Files.readAllLines(answers).get(0), "answer");
    boolean old = model.startsWith("v10");
    assertThat(line.path("prompt").asText())
        .isEqualTo(old ? "Is it bright, 0?\n<image>" : "Is it bright, 0?");
    assertThat(line.path("model_id").asText())
        .isEqualTo(old ? CliRunner.checkpoint(model) : "checkpoint");
  }

  @Test
  void answersQuestionsWithoutImages() throws IOException {
    Path answers = folder.resolve("text/answers.jsonl");

    Outcome outcome = answer("v10-markers", "model-qa", "chat.jsonl", answers);

    assertThat(outcome.err()).isEmpty();
    assertThat(JsonText.object(Files.readAllLines(answers).get(0), "answer").has("prompt"))
        .isFalse();
  }

  @Test
  void answersTwiceWithTheAnswerPrompter() throws IOException {
    Path answers = folder.resolve("out/answers.jsonl");

    answer("v10-markers", "model-vqa-science", "test.json", answers, "--answer-prompter");

    assertThat(texts(answers))
        .hasSize(8)
        .allSatisfy(text -> assertThat(text).contains("\n The answer is "));
  }

  @Test
  void printsTheAnswerToOneQuestion() {
    Outcome outcome =
        run(
            "v10-markers",
            "run-llava",
            "--image-file",
            data.resolve("images/synpic0.png").toString(),
            "--query",
            "What is shown?");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().strip()).isNotEmpty();
  }

  @Test
  void namesTheQuestionWhoseImageIsMissing() throws IOException {
    Files.delete(data.resolve("images/synpic1.png"));

    Outcome outcome =
        answer("v10-markers", "model-vqa-med", "test.json", folder.resolve("a.jsonl"));

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("error: ")
        .contains("record 2", "question 2", "synpic1.png")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--conv-mode nonsense",
        "--version v2",
        "--num-chunks 0",
        "--num-chunks 2 --chunk-idx 2",
        "--num-beams 0",
        "--mm-projector x.bin"
      })
  void refusesOptionsThatCannotBe(String options) {
    List<String> extra = Arrays.asList(options.split(" "));
    Outcome outcome =
        answer(
            "v10-markers",
            "model-vqa-med",
            "test.json",
            folder.resolve("a.jsonl"),
            extra.toArray(new String[0]));

    assertThat(outcome.code()).isNotZero();
    assertThat(outcome.err()).startsWith("error: ").hasLineCount(1);
    assertThat(folder.resolve("a.jsonl")).doesNotExist();
  }

  private Outcome answer(
      String model, String command, String questions, Path answers, String... options) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--question-file",
                data.resolve(questions).toString(),
                "--answers-file",
                answers.toString(),
                "--image-folder",
                data.resolve("images").toString()));
    args.addAll(Arrays.asList(options));
    return run(model, command, args.toArray(new String[0]));
  }

  private Outcome run(String model, String command, String... options) {
    List<String> args =
        new ArrayList<>(
            List.of(
                command,
                "--model-name",
                CliRunner.checkpoint(model),
                "--cache-dir",
                folder.resolve("cache").toString(),
                "--temperature",
                "0",
                "--max-new-tokens",
                "6"));
    if (!model.startsWith("hf")) {
      args.addAll(List.of("--vision-tower", "stock"));
    }
    args.addAll(Arrays.asList(options));
    return CliRunner.run(args.toArray(new String[0]));
  }

  private static List<String> texts(Path answers) throws IOException {
    return Files.readAllLines(answers).stream()
        .map(line -> JsonText.object(line, "answer").path("text").asText())
        .toList();
  }
}
