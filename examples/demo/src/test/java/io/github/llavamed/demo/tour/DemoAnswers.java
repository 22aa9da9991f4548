package io.github.llavamed.demo.tour;

import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.Prediction;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.eval.generation.AnswerFiles;
import io.github.llavamed.eval.generation.AnswerGeneration;
import io.github.llavamed.eval.generation.AnswerProgram;
import io.github.llavamed.eval.generation.AnswerRecipe;
import io.github.llavamed.eval.generation.GenerationSettings;
import io.github.llavamed.eval.generation.ModelAnswerer;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.metric.ScoreReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Greedy answers of a model to the questions of a phantom test. */
record DemoAnswers(Path questions, Path answers) {
  static DemoAnswers of(
      Path model, String backend, Precision precision, Path test, Path images, Path answers)
      throws IOException {
    LoadOptions options =
        LoadOptions.builder()
            .backend(backend)
            .backendOptions(
                new BackendOptions(precision, null, 1, answers.resolveSibling("exports")))
            .build();
    AnswerRecipe recipe =
        AnswerRecipe.builder(AnswerProgram.MODEL_VQA_MED)
            .release(Release.V1_5)
            .settings(GenerationSettings.V1_5.withTemperature(0).withMaxNewTokens(64))
            .build();
    Path questions = test.resolve("test.json");
    try (VisionLanguageModel loaded = LlavaMed.load(model, options)) {
      AnswerGeneration.of(new ModelAnswerer(loaded), recipe, "demo")
          .run(AnswerFiles.of(questions, images, answers));
    }
    return new DemoAnswers(questions, answers);
  }

  List<String> texts() throws IOException {
    return AnswerFile.read(answers, EvaluationOptions.DEFAULT).predictions().stream()
        .map(Prediction::text)
        .toList();
  }

  double agreement(DemoAnswers other) throws IOException {
    List<String> mine = texts();
    List<String> theirs = other.texts();
    int same = 0;
    for (int i = 0; i < mine.size(); i++) {
      same += mine.get(i).equals(theirs.get(i)) ? 1 : 0;
    }
    return (double) same / mine.size();
  }

  /** Returns a figure of the strict protocol in percent. */
  double percent(String key) throws IOException {
    ScoreReport report =
        Evaluation.of(ScoringProtocols.strict())
            .score(
                MedicalVqaDataset.read(questions, EvaluationOptions.DEFAULT),
                AnswerFile.read(answers, EvaluationOptions.DEFAULT));
    return report.score(key).orElseThrow().percent();
  }
}
