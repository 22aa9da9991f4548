package io.github.llavamed.demo.tour;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.GenerationRequest;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.demo.dataset.ContactSheet;
import io.github.llavamed.demo.dataset.DatasetSizes;
import io.github.llavamed.demo.dataset.PhantomDataset;
import io.github.llavamed.demo.phantom.PhantomImage;
import io.github.llavamed.demo.text.Question;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.eval.generation.AnswerFiles;
import io.github.llavamed.eval.generation.AnswerGeneration;
import io.github.llavamed.eval.generation.AnswerListener;
import io.github.llavamed.eval.generation.AnswerProgram;
import io.github.llavamed.eval.generation.AnswerRecipe;
import io.github.llavamed.eval.generation.GenerationSettings;
import io.github.llavamed.eval.generation.ModelAnswerer;
import io.github.llavamed.eval.generation.ModelFacts;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.eval.report.ReportedRun;
import io.github.llavamed.eval.report.RunReport;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.image.ImageInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Shows what a model trained on phantoms can do: a few answers, a scored test, a report.
 *
 * <p>Does not own the model. Confined to one thread.
 */
public final class DemoTour {
  /** Unseen images of the whole test. */
  public static final int TEST_IMAGES = 300;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL_NAME = "demo model";
  private static final String BLIND_NAME = "blind: most frequent answer to the same words";
  private static final int MOST_TOKENS = 64;
  private static final int SHOWN_QUESTIONS = 3;
  private static final int SHOWN_IMAGES = 4;

  /** The first unseen images that are shown: beyond those of the test. */
  private static final int FIRST_SHOWN = 1000;

  private final VisionLanguageModel model;
  private final Path checkpoint;
  private final Path output;
  private final AnswerListener listener;

  /**
   * Creates a tour.
   *
   * @param checkpoint the model's directory, which reports name by its hash
   * @param output where pictures, answers and report go
   * @param listener told of progress through the test
   */
  public DemoTour(
      VisionLanguageModel model, Path checkpoint, Path output, AnswerListener listener) {
    this.model = model;
    this.checkpoint = checkpoint;
    this.output = output;
    this.listener = listener;
  }

  /**
   * Runs the whole tour.
   *
   * @param testImages unseen images to score, 1 or more
   */
  public TourResult run(int testImages) throws IOException {
    List<TourAnswer> answers = showSome();
    Path test = output.resolve("test");
    DatasetSizes sizes = DatasetSizes.DEFAULT.withTestImages(testImages);
    PhantomDataset.writeTest(test, sizes);
    VqaDataset questions =
        MedicalVqaDataset.read(test.resolve(PhantomDataset.TEST), EvaluationOptions.DEFAULT);
    Path answered = answer(test);
    Path blind = answerBlind(questions, test);

    Evaluation evaluation =
        Evaluation.of(ScoringProtocols.strict())
            .withGroups(List.of("question_type"))
            .withBootstrap(BootstrapConfig.DEFAULT);
    RunRecord record = RunRecord.read(answered, EvaluationOptions.DEFAULT);
    ReportedRun looking =
        ReportedRun.of(MODEL_NAME, evaluation.withRun(record), questions, read(answered));
    ReportedRun guessing = ReportedRun.of(BLIND_NAME, evaluation, questions, read(blind));
    Path report = writeReport(looking, guessing, test.resolve(PhantomDataset.IMAGES));
    return new TourResult(answers, looking.report(), guessing.report(), report);
  }

  /**
   * Answers a few questions about one unseen image of each modality, and saves the pictures.
   *
   * <p>Also draws them on one sheet, {@code answers.png}.
   */
  public List<TourAnswer> showSome() throws IOException {
    Path pictures = Files.createDirectories(output.resolve("pictures"));
    ContactSheet sheet = new ContactSheet(PhantomDataset.DISPLAY_SIZE, 2, 4);
    List<TourAnswer> answers = new ArrayList<>();
    for (int i = 0; i < SHOWN_IMAGES; i++) {
      PhantomImage image = PhantomDataset.testImage(FIRST_SHOWN + i, PhantomDataset.DISPLAY_SIZE);
      String name = image.phantom().modality().shortName();
      Path picture =
          Files.write(pictures.resolve(String.format(Locale.ROOT, "%s.png", name)), image.png());
      StringBuilder asked = new StringBuilder();
      for (Question question :
          PhantomDataset.testQuestions(FIRST_SHOWN + i, image.phantom(), SHOWN_QUESTIONS)) {
        GenerationConfig config = GenerationConfig.builder().maxNewTokens(MOST_TOKENS).build();
        String answer =
            model
                .generate(
                    GenerationRequest.question(question.text())
                        .images(List.of(ImageInput.of(picture)))
                        .config(config)
                        .build())
                .text()
                .strip();
        answers.add(new TourAnswer(picture, question.text(), answer, question.answer()));
        asked.append(question.text()).append(' ').append(answer).append('\n');
      }
      sheet.add(image, "", asked.toString().strip());
    }
    Files.write(output.resolve("answers.png"), sheet.png());
    return answers;
  }

  private Path answer(Path test) throws IOException {
    Path answers = output.resolve("answers.jsonl");
    AnswerRecipe recipe =
        AnswerRecipe.builder(AnswerProgram.MODEL_VQA_MED)
            .release(Release.V1_5)
            .settings(GenerationSettings.V1_5.withTemperature(0).withMaxNewTokens(MOST_TOKENS))
            .build();
    Files.deleteIfExists(answers); // of an earlier tour, maybe of another model
    Files.deleteIfExists(RunRecord.fileOf(answers));
    new AnswerGeneration(
            new ModelAnswerer(model),
            recipe,
            MODEL_NAME,
            EvaluationOptions.DEFAULT,
            new Random(),
            listener)
        .withModelFacts(() -> ModelFacts.of(model, checkpoint))
        .run(
            AnswerFiles.of(
                test.resolve(PhantomDataset.TEST), test.resolve(PhantomDataset.IMAGES), answers));
    return answers;
  }

  private Path answerBlind(VqaDataset questions, Path test) throws IOException {
    DatasetSizes sizes = DatasetSizes.DEFAULT;
    MajorityAnswers majority =
        MajorityAnswers.ofTraining(0, sizes.trainImages(), sizes.questionsPerImage());
    StringBuilder lines = new StringBuilder();
    for (VqaSample question : questions.samples()) {
      lines
          .append(
              JSON.createObjectNode()
                  .put("question_id", Long.parseLong(question.id().text()))
                  .put("text", majority.answer(question)))
          .append('\n');
    }
    Path file = test.resolve("blind-answers.jsonl");
    Files.writeString(file, lines);
    return file;
  }

  private static AnswerFile read(Path answers) throws IOException {
    return AnswerFile.read(answers, EvaluationOptions.DEFAULT);
  }

  private Path writeReport(ReportedRun looking, ReportedRun guessing, Path images)
      throws IOException {
    RunReport report =
        RunReport.builder("Demo model on unseen phantoms")
            .images(images)
            .run(looking)
            .run(guessing)
            .build();
    Path html = output.resolve("report.html");
    Files.writeString(html, report.html());
    Files.writeString(output.resolve("report.md"), report.markdown());
    return html;
  }
}
