package io.github.llavamed.eval.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.AppendLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerGenerationTest {
  private static final AnswerRecipe CHAT = AnswerRecipe.builder(AnswerProgram.MODEL_VQA).build();

  private static final ModelFacts FACTS =
      new ModelFacts(
          Map.of("backend", "onnx-cpu"),
          Map.of("model", "aa", "vision_tower", "bb"),
          Map.of("ONNX Runtime", "1"));

  @TempDir Path folder;
  private Path questions;
  private Path answers;

  @BeforeEach
  void writeQuestions() throws IOException {
    questions = folder.resolve("questions.jsonl");
    answers = folder.resolve("out/answers.jsonl");
    for (String image : List.of("a.png", "b.png")) {
      Files.writeString(folder.resolve(image), "never decoded");
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      lines.append(
          "{\"question_id\": %d, \"image\": \"%s.png\", \"text\": \"Frage %d ü?\"}\n"
              .formatted(i, i % 2 == 0 ? "a" : "b", i));
    }
    Files.writeString(questions, lines);
  }

  @Test
  void goesOnAtEveryByteThatAnInterruptedRunMayEndAt() throws IOException {
    run(model(), files());
    byte[] whole = Files.readAllBytes(answers);
    List<String> wanted = withoutIds(answers);

    for (int length = 0; length <= whole.length; length++) {
      Files.write(answers, Arrays.copyOf(whole, length));
      int lineEnds = 0;
      for (int i = 0; i < length; i++) {
        lineEnds += whole[i] == '\n' ? 1 : 0;
      }
      boolean onlyLineEndMissing = length < whole.length && whole[length] == '\n';
      ScriptedAnswerer model = model();

      run(model, files());

      assertThat(withoutIds(answers)).as("cut at byte %d", length).isEqualTo(wanted);
      assertThat(model.calls()).hasSize(7 - lineEnds - (onlyLineEndMissing ? 1 : 0));
    }
  }

  @Test
  void asksNothingWhenAllIsAnswered() throws IOException {
    run(model(), files());
    byte[] before = Files.readAllBytes(answers);
    ScriptedAnswerer model = model();

    int made = run(model, files());

    assertThat(made).isZero();
    assertThat(model.calls()).isEmpty();
    assertThat(Files.readAllBytes(answers)).isEqualTo(before);
  }

  @Test
  void startsAnewWhenAskedTo() throws IOException {
    run(model(), files());
    ScriptedAnswerer model = model();

    run(model, new AnswerFiles(questions, folder, answers, 1, 0, true));

    assertThat(model.calls()).hasSize(7);
    assertThat(withoutIds(answers)).hasSize(7);
  }

  @Test
  void takesQuestionsOnOneImageTogetherAndKeepsTheirOrder() throws IOException {
    ScriptedAnswerer model = new ScriptedAnswerer(traits(), List.of("yes"), 64);

    run(model, files());

    assertThat(model.groups()).isEqualTo(2);
    assertThat(withoutIds(answers))
        .allSatisfy(line -> assertThat(line).contains("\"text\": \"yes\""))
        .extracting(line -> line.replaceAll("\\D*(\\d+).*", "$1"))
        .containsExactly("0", "1", "2", "3", "4", "5", "6");
  }

  @Test
  void looksAheadOnlySoFar() throws IOException {
    ScriptedAnswerer model = new ScriptedAnswerer(traits(), List.of("yes"), 2);

    run(model, files());

    // 0 2 | 1 3 | 4 6 | 5
    assertThat(model.groups()).isEqualTo(4);
    assertThat(withoutIds(answers)).hasSize(7);
  }

  @Test
  void givesEveryQuestionItsOwnSeedWhateverTheChunks() throws IOException {
    ScriptedAnswerer whole = model();
    run(whole, files());
    List<Long> seeds = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      ScriptedAnswerer part = model();
      run(part, files().chunk(3, k, folder.resolve("chunk" + k + ".jsonl")));
      part.calls().forEach(call -> seeds.add(call.request().settings().seed()));
    }

    assertThat(seeds)
        .isEqualTo(whole.calls().stream().map(c -> c.request().settings().seed()).toList())
        .doesNotHaveDuplicates();
  }

  @Test
  void runsChunksSideBySideAndMergesThem() throws IOException {
    Path merged =
        new ChunkedGeneration(k -> generation(model()))
            .run(new AnswerFiles(questions, folder, answers, 5, 0, false));

    // Seven questions in five chunks: four of two, two, two and one, and an empty one.
    assertThat(merged).isEqualTo(answers);
    assertThat(withoutIds(merged))
        .extracting(line -> line.replaceAll("\\D*(\\d+).*", "$1"))
        .containsExactly("0", "1", "2", "3", "4", "5", "6");
    assertThat(folder.resolve("out/answers-chunk4.jsonl")).isEmptyFile();
  }

  @Test
  void refusesToMixTheAnswersOfTwoModels() throws IOException {
    run(model(), files());
    AnswerGeneration other =
        new AnswerGeneration(
            model(), CHAT, "m2", EvaluationOptions.DEFAULT, new Random(1), AnswerListener.NONE);

    assertThatThrownBy(() -> other.run(files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("answers.jsonl, line 1", "\"m2\"", "\"m\"", "overwrite");
  }

  @Test
  void refusesAnswersToOtherQuestions() throws IOException {
    run(model(), files());
    List<String> lines = Files.readAllLines(questions);
    Files.write(questions, lines.subList(1, lines.size()));

    assertThatThrownBy(() -> run(model(), files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("line 1", "question_id 1", "found 0");
  }

  @Test
  void namesABrokenLineInTheMiddleOfTheAnswers() throws IOException {
    run(model(), files());
    List<String> lines = new ArrayList<>(Files.readAllLines(answers));
    lines.set(2, lines.get(2).substring(0, 20));
    Files.write(answers, lines);

    assertThatThrownBy(() -> run(model(), files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("answers.jsonl, line 3");
  }

  @Test
  void namesAMissingImageBeforeAnythingIsAsked() throws IOException {
    Files.delete(folder.resolve("b.png"));
    ScriptedAnswerer model = model();

    assertThatThrownBy(() -> run(model, files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("questions.jsonl, line 2", "question 1", "b.png");
    assertThat(model.calls()).isEmpty();
  }

  @Test
  void namesTheBrokenLineOfAQuestionFile() throws IOException {
    Files.writeString(questions, Files.readString(questions) + "{\"question_id\": \n");

    assertThatThrownBy(() -> run(model(), files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("questions.jsonl, line 8");
  }

  @Test
  void refusesAQuestionFileWithoutQuestions() throws IOException {
    Files.writeString(questions, "");

    assertThatThrownBy(() -> run(model(), files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("questions.jsonl: expected at least one question");
  }

  @Test
  void refusesASecondRunOnTheSameAnswers() throws IOException {
    try (AppendLog log = AppendLog.open(answers, false, EvaluationOptions.DEFAULT)) {
      assertThat(log.lines()).isEmpty();

      assertThatThrownBy(() -> run(model(), files()))
          .isInstanceOf(EvaluationException.class)
          .hasMessageContaining("only run");
    }
  }

  @Test
  void recordsHowTheAnswersWereMade() throws IOException {
    generation(model()).withModelFacts(() -> FACTS).run(files());

    RunRecord record = RunRecord.read(answers, EvaluationOptions.DEFAULT);
    assertThat(record.settings())
        .containsEntry("temperature", "0.7")
        .containsEntry("template", "simple")
        .containsEntry("backend", "onnx-cpu")
        .containsEntry("quirks", "original");
    assertThat(record.hashes())
        .containsEntry("model", "aa")
        .containsEntry("vision_tower", "bb")
        .hasEntrySatisfying("questions", hash -> assertThat(hash).matches("[0-9a-f]{64}"));
    assertThat(record.sessions()).hasSize(1);
    assertThat(record.versions()).containsKeys("llava-med", "java", "ONNX Runtime");
  }

  @Test
  void keepsTheFirstRecordAndAddsASessionWhenItGoesOn() throws IOException {
    generation(model()).withModelFacts(() -> FACTS).run(files());
    RunRecord first = RunRecord.read(answers, EvaluationOptions.DEFAULT);
    keepLines(3);
    ModelFacts newer =
        new ModelFacts(FACTS.settings(), FACTS.hashes(), Map.of("ONNX Runtime", "2"));

    generation(model()).withModelFacts(() -> newer).run(files());

    RunRecord record = RunRecord.read(answers, EvaluationOptions.DEFAULT);
    assertThat(record.settings()).isEqualTo(first.settings());
    assertThat(record.sessions()).hasSize(2).startsWith(first.sessions().get(0));
    assertThat(record.versions()).containsEntry("ONNX Runtime", "1, 2");
  }

  @Test
  void refusesToGoOnWithOtherSettingsBeforeTheModelIsLoaded() throws IOException {
    generation(model()).withModelFacts(() -> FACTS).run(files());
    byte[] record = Files.readAllBytes(RunRecord.fileOf(answers));
    keepLines(3);
    AnswerRecipe colder =
        AnswerRecipe.builder(AnswerProgram.MODEL_VQA)
            .settings(GenerationSettings.V1_0.withTemperature(0.2).withSeed(9))
            .build();
    AnswerGeneration other =
        new AnswerGeneration(
                model(), colder, "m", EvaluationOptions.DEFAULT, new Random(1), AnswerListener.NONE)
            .withModelFacts(
                () -> {
                  throw new IllegalStateException("loaded");
                });

    assertThatThrownBy(() -> other.run(files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll(
            "answers.jsonl.run.json", "temperature 0.2 instead of 0.7", "seed 9 instead of 0");
    assertThat(Files.readAllLines(answers)).hasSize(3);
    assertThat(Files.readAllBytes(RunRecord.fileOf(answers))).isEqualTo(record);
  }

  @Test
  void refusesToGoOnWithAnotherVisionTower() throws IOException {
    generation(model()).withModelFacts(() -> FACTS).run(files());
    keepLines(3);
    ModelFacts other =
        new ModelFacts(
            FACTS.settings(), Map.of("model", "aa", "vision_tower", "cc"), FACTS.versions());

    assertThatThrownBy(() -> generation(model()).withModelFacts(() -> other).run(files()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("SHA-256 of vision_tower cc instead of bb");
  }

  @Test
  void readsNoModelFilesWhenAllIsAnswered() throws IOException {
    generation(model()).withModelFacts(() -> FACTS).run(files());
    byte[] record = Files.readAllBytes(RunRecord.fileOf(answers));

    generation(model())
        .withModelFacts(
            () -> {
              throw new IllegalStateException("read");
            })
        .run(files());

    assertThat(Files.readAllBytes(RunRecord.fileOf(answers))).isEqualTo(record);
  }

  @Test
  void saysHowManyAnswersHaveNoRecord() throws IOException {
    run(model(), files());
    Files.delete(RunRecord.fileOf(answers));
    keepLines(3);

    run(model(), files());

    assertThat(RunRecord.read(answers, EvaluationOptions.DEFAULT).settings())
        .containsEntry("answers_without_record", "3");
    keepLines(5);
    run(model(), files());
    assertThat(withoutIds(answers)).hasSize(7);
  }

  @Test
  void mergesTheRecordsOfChunksAndRefusesChunksThatWereMadeOtherwise() throws IOException {
    AnswerFiles chunks = new AnswerFiles(questions, folder, answers, 5, 0, false);
    ChunkedGeneration run =
        new ChunkedGeneration(k -> generation(model()).withModelFacts(() -> FACTS));
    run.run(chunks);

    RunRecord merged = RunRecord.read(answers, EvaluationOptions.DEFAULT);
    assertThat(merged.sessions()).hasSize(4);
    assertThat(merged.hashes()).containsEntry("model", "aa");

    ModelFacts other = new ModelFacts(FACTS.settings(), Map.of("model", "cc"), FACTS.versions());
    Path second = folder.resolve("out/answers-chunk1.jsonl");
    generation(model())
        .withModelFacts(() -> other)
        .run(new AnswerFiles(questions, folder, second, 5, 1, true));
    byte[] before = Files.readAllBytes(answers);
    assertThatThrownBy(() -> run.run(chunks))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("answers-chunk1.jsonl.run.json", "SHA-256 of model cc");
    assertThat(Files.readAllBytes(answers)).isEqualTo(before);
  }

  private void keepLines(int count) throws IOException {
    Files.write(answers, Files.readAllLines(answers).subList(0, count));
  }

  @Test
  void namesModelsAsVersionOneFiveDoes() {
    assertThat(ModelNames.fromPath("/runs/exp7/checkpoint-1200/"))
        .isEqualTo("exp7_checkpoint-1200");
    assertThat(ModelNames.fromPath("some/dir/llava-med")).isEqualTo("llava-med");
    assertThat(ModelNames.fromPath("checkpoint-5")).isEqualTo("checkpoint-5");
  }

  private AnswerFiles files() {
    return AnswerFiles.of(questions, folder, answers);
  }

  private static int run(ScriptedAnswerer model, AnswerFiles files) throws IOException {
    return generation(model).run(files);
  }

  private static AnswerGeneration generation(ScriptedAnswerer model) {
    return new AnswerGeneration(
        model, CHAT, "m", EvaluationOptions.DEFAULT, new Random(1), AnswerListener.NONE);
  }

  private static ScriptedAnswerer model() {
    return new ScriptedAnswerer(traits(), List.of("jä"), 0);
  }

  private static PromptTraits traits() {
    return new PromptTraits(ModelFamily.LLAVA_V1_0, true, 4);
  }

  private static List<String> withoutIds(Path file) throws IOException {
    return Arrays.stream(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n"))
        .map(line -> line.replaceAll("\"answer_id\": \"\\w{22}\", ", ""))
        .toList();
  }
}
