package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.generation.GeneratedSequence;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.TokenLogProbs;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lists of questions to a tiny checkpoint get the answers that each question gets alone, with the
 * same log-probabilities to the last bit.
 */
class BatchedAnswersTest {
  private static final List<String> QUESTIONS =
      List.of(
          "Is it a scan?",
          "Is it a picture?",
          "Where is the lesion, and how large is it?",
          "?",
          "Which organ is shown?",
          "Is it a scan?");

  @TempDir static Path exports;

  private final Path golden = GoldenFolder.committed("model").resolve("v15-mlp2x");
  private final List<ImageInput> images =
      Stream.of("a.png", "b.png", "c.png")
          .map(name -> ImageInput.of(golden.resolve("images").resolve(name)))
          .toList();

  private VisionLanguageModel load(Precision precision, int threads) throws IOException {
    return LlavaMed.load(
        golden.resolve("checkpoint"),
        LoadOptions.builder()
            .backendOptions(new BackendOptions(precision, null, threads, exports))
            .build());
  }

  /** Eleven or more tokens each, of one or another image, greedy or drawn. */
  private List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      GenerationConfig.Builder config =
          GenerationConfig.builder().minNewTokens(11).maxNewTokens(11 + i % 8).logProbs(3);
      if (i % 2 == 1) {
        config.temperature(0.9).seed(i);
      }
      requests.add(
          GenerationRequest.question(QUESTIONS.get(i % QUESTIONS.size()))
              .images(images.get(i / 2 % images.size()))
              .config(config.build())
              .build());
    }
    return requests;
  }

  private static List<List<GeneratedSequence>> alone(
      VisionLanguageModel model, List<GenerationRequest> requests) throws IOException {
    List<List<GeneratedSequence>> answers = new ArrayList<>();
    for (GenerationRequest request : requests) {
      answers.add(model.generate(request).sequences());
    }
    return answers;
  }

  @ParameterizedTest
  @CsvSource({"FP32, 1", "FP32, 2", "INT8, 1", "INT8, 2", "INT4, 2", "INT8_INT4, 2"})
  void requestsAboutSeveralImages(Precision precision, int threads) throws IOException {
    try (VisionLanguageModel model = load(precision, threads)) {
      assertThat(model.precision()).isEqualTo(precision);
      List<GenerationRequest> requests = requests();
      List<List<GeneratedSequence>> alone = alone(model, requests);
      assertThat(alone.stream().distinct().count()).isGreaterThan(10);
      for (List<GeneratedSequence> answer : alone) {
        List<TokenLogProbs> logProbs = answer.get(0).logProbs();
        assertThat(logProbs).hasSizeGreaterThanOrEqualTo(11);
      }

      for (int parallelism : List.of(1, 3, 8)) {
        assertThat(model.generateAll(requests, parallelism))
            .extracting(GenerationResult::sequences)
            .isEqualTo(alone);
      }
      assertThat(model.generateAll(requests))
          .extracting(GenerationResult::sequences)
          .isEqualTo(alone);
      if (precision.newTokens()
          != Precision.INT4) { // A prompt in two parts differs in last digits.
        List<List<GeneratedSequence>> each = new ArrayList<>();
        model.answerEach(requests, (index, result) -> each.add(index, result.sequences()));
        assertThat(each).isEqualTo(alone);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"FP32, 1", "INT8, 1", "INT8, 2"})
  void questionsAboutOneImage(Precision precision, int threads) throws IOException {
    GenerationConfig config =
        GenerationConfig.builder().minNewTokens(5).maxNewTokens(15).logProbs(2).build();
    try (VisionLanguageModel model = load(precision, threads)) {
      for (ImageInput image : images) {
        List<GenerationRequest> requests =
            QUESTIONS.stream()
                .map(text -> GenerationRequest.question(text).images(image).config(config).build())
                .toList();

        assertThat(model.answerAll(List.of(image), QUESTIONS, config))
            .extracting(GenerationResult::sequences)
            .isEqualTo(alone(model, requests));
      }
    }
  }
}
