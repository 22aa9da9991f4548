package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.generation.BeamSearchConfig;
import io.github.llavamed.generation.ChoiceResult;
import io.github.llavamed.generation.ChoiceScore;
import io.github.llavamed.generation.EarlyStopping;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GeneratedSequence;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.IdLogProb;
import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.OutputConstraint;
import io.github.llavamed.generation.TokenLogProbs;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.testing.GoldenCase;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds every way to generate, on a backend in single precision, to the values of the original
 * programs and to each other, through the public entry points alone.
 */
@Tag("golden")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class GenerationGoldenContract {
  /** The goldens' README: beam scores, and how far scores differ whose order is certain. */
  private static final double BEAM_SCORE_TOLERANCE = 1e-3;

  private static final double TOKEN_LOG_PROB_TOLERANCE = 2e-3;
  private static final double LOGIT_TOLERANCE = 1e-3;

  /** The goldens' README: ids are exact where the two best logits differ by more. */
  private static final double CERTAIN_MARGIN = 2e-3;

  private static final String PENALTY_KEY = "greedy_repetition_penalty_";
  private static final List<String> QUESTIONS =
      List.of("What is this?", "What is that?", "Is there an effusion?", "What is this?");

  private final Map<String, VisionLanguageModel> models = new HashMap<>();
  private final List<GoldenCase> cases = GoldenCase.models();

  @TempDir private Path exports;

  /** Returns the id of the backend under test. */
  protected abstract String backend();

  @AfterAll
  void closeModels() {
    models.values().forEach(VisionLanguageModel::close);
  }

  @Test
  void thereAreValuesOfEveryKind() {
    for (String key : List.of("beam_search", "candidate_logprobs", PENALTY_KEY + "1.3")) {
      assertThat(cases).as(key).anyMatch(golden -> golden.expected().hasNonNull(key));
    }
  }

  @TestFactory
  Stream<DynamicTest> beamSearchesAreTheOriginals() {
    return cases.stream()
        .flatMap(
            golden ->
                elements(golden.expected().path("beam_search"))
                    .map(
                        beam ->
                            test(
                                golden,
                                beam.path("prompt").asText() + " beams",
                                () -> assertBeams(golden, beam))));
  }

  private void assertBeams(GoldenCase golden, JsonNode expected) throws IOException {
    List<List<Integer>> sequences =
        elements(expected.path("sequences")).map(GenerationGoldenContract::ids).toList();
    GenerationConfig config =
        GenerationConfig.builder()
            .maxNewTokens(expected.path("max_new_tokens").intValue())
            .beamSearch(
                new BeamSearchConfig(
                    expected.path("num_beams").intValue(),
                    expected.path("length_penalty").asDouble(1),
                    earlyStopping(expected.path("early_stopping"))))
            .numReturnSequences(sequences.size())
            .logProbs(1)
            .build();

    List<GeneratedSequence> found =
        model(golden)
            .generate(request(golden, expected.path("prompt").textValue()).config(config).build())
            .sequences();

    assertThat(found).hasSameSizeAs(sequences);
    double[] scores =
        elements(expected.path("sequences_scores")).mapToDouble(JsonNode::doubleValue).toArray();
    for (int i = 0; i < scores.length; i++) {
      GeneratedSequence answer = found.get(i);
      assertThat(answer.beamScore()).isCloseTo(scores[i], within(BEAM_SCORE_TOLERANCE));
      assertThat(answer.logProbs()).hasSameSizeAs(answer.outputIds());
      List<Integer> ids = answer.outputIds();
      double score = scores[i];
      assertThat(sequences)
          .as("sequences of about the score %s of %s", score, ids)
          .anySatisfy(
              sequence -> {
                assertThat(scores[sequences.indexOf(sequence)])
                    .isCloseTo(score, within(BEAM_SCORE_TOLERANCE));
                assertThat(withoutPadding(sequence, ids.size())).isEqualTo(ids);
              });
    }
  }

  /** Shorter sequences are filled with one id at the end. */
  private static List<Integer> withoutPadding(List<Integer> sequence, int length) {
    List<Integer> rest = sequence.subList(Math.min(length, sequence.size()), sequence.size());
    assertThat(rest.stream().distinct().count()).isLessThanOrEqualTo(1);
    return sequence.subList(0, Math.min(length, sequence.size()));
  }

  private static EarlyStopping earlyStopping(JsonNode value) {
    return Arrays.stream(EarlyStopping.values())
        .filter(stopping -> stopping.id().equals(value.asText("false")))
        .findFirst()
        .orElseThrow();
  }

  @TestFactory
  Stream<DynamicTest> repetitionPenaltiesAreTheOriginals() {
    return cases.stream()
        .flatMap(
            golden ->
                golden.expected().properties().stream()
                    .filter(entry -> entry.getKey().startsWith(PENALTY_KEY))
                    .map(
                        entry ->
                            test(
                                golden,
                                entry.getKey(),
                                () ->
                                    assertPenalty(
                                        golden,
                                        Double.parseDouble(
                                            entry.getKey().substring(PENALTY_KEY.length())),
                                        entry.getValue()))));
  }

  private void assertPenalty(GoldenCase golden, double penalty, JsonNode expected)
      throws IOException {
    List<Integer> ids = ids(expected.path("ids"));
    JsonNode steps = expected.path("top5_processed");
    List<float[]> processed = new ArrayList<>();
    LogitsProcessor recorder = (logits, history) -> processed.add(logits.clone());
    GenerationConfig config =
        GenerationConfig.builder().maxNewTokens(ids.size()).repetitionPenalty(penalty).build();

    GenerationResult result =
        model(golden)
            .generate(
                request(golden, expected.path("prompt").textValue())
                    .config(config)
                    .logitsProcessors(List.of(recorder))
                    .build());

    int certain = steps.isEmpty() ? ids.size() : certainSteps(steps);
    assertThat(first(result.outputIds(), certain)).isEqualTo(first(ids, certain));
    for (int step = 0; step < Math.min(certain, steps.size()); step++) {
      for (JsonNode entry : steps.get(step)) {
        assertThat((double) processed.get(step)[entry.get(0).intValue()])
            .as("step %d", step)
            .isCloseTo(entry.get(1).doubleValue(), within(LOGIT_TOLERANCE));
      }
    }
  }

  private static int certainSteps(JsonNode steps) {
    for (int i = 0; i < steps.size(); i++) {
      JsonNode top = steps.get(i);
      if (top.get(0).get(1).doubleValue() - top.get(1).get(1).doubleValue() <= CERTAIN_MARGIN) {
        return i;
      }
    }
    return steps.size();
  }

  @TestFactory
  Stream<DynamicTest> logProbabilitiesOfGivenAnswersAreTheOriginals() {
    return cases.stream()
        .flatMap(
            golden ->
                elements(golden.expected().path("candidate_logprobs").path("cases"))
                    .map(
                        choice ->
                            test(
                                golden,
                                choice.path("prompt").asText()
                                    + " "
                                    + choice.path("candidate").asText(),
                                () -> assertChoice(golden, choice))));
  }

  private void assertChoice(GoldenCase golden, JsonNode expected) throws IOException {
    // Another choice before it must not change the score.
    ChoiceResult result =
        model(golden)
            .choose(
                request(golden, expected.path("prompt").textValue()).build(),
                List.of("something else", expected.path("candidate").textValue()));

    ChoiceScore choice = result.choices().get(1);
    assertThat(choice.ids()).isEqualTo(ids(expected.path("candidate_ids")));
    for (int i = 0; i < choice.tokenLogProbs().size(); i++) {
      assertThat(choice.tokenLogProbs().get(i))
          .isCloseTo(
              expected.path("token_logprobs").get(i).doubleValue(),
              within(TOKEN_LOG_PROB_TOLERANCE));
    }
    assertThat(choice.sum())
        .isCloseTo(expected.path("sum").doubleValue(), within(TOKEN_LOG_PROB_TOLERANCE));
  }

  @TestFactory
  Stream<DynamicTest> logProbabilitiesOfAnswersFollowFromTheOriginalsLogits() {
    return cases.stream()
        .flatMap(
            golden ->
                golden
                    .prompts()
                    .filter(prompt -> !prompt.getValue().path("greedy").path("top5").isEmpty())
                    .filter(prompt -> certain(prompt.getValue()) > 0)
                    .map(
                        prompt ->
                            test(
                                golden,
                                prompt.getKey() + " top tokens",
                                () -> assertTop(golden, prompt.getKey()))));
  }

  private static int certain(JsonNode prompt) {
    return GoldenCase.certainIds(prompt.path("greedy"), CERTAIN_MARGIN);
  }

  private void assertTop(GoldenCase golden, String name) throws IOException {
    JsonNode greedy = golden.expected().path("prompts").path(name).path("greedy");
    int certain = GoldenCase.certainIds(greedy, CERTAIN_MARGIN);
    GenerationConfig config = GenerationConfig.builder().maxNewTokens(certain).logProbs(5).build();

    List<TokenLogProbs> logProbs =
        model(golden).generate(request(golden, name).config(config).build()).logProbs();

    for (int step = 0; step < certain; step++) {
      JsonNode top = greedy.path("top5").get(step);
      List<IdLogProb> found = logProbs.get(step).top();
      double shift = top.get(0).get(1).doubleValue() - found.get(0).logProb();
      assertThat(logProbs.get(step).logProb()).isEqualTo(found.get(0).logProb());
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).logProb() + shift)
            .isCloseTo(top.get(i).get(1).doubleValue(), within(TOKEN_LOG_PROB_TOLERANCE));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsSharedBetweenQuestionsDoesNotChangeTheAnswers() {
    return cases.stream().map(golden -> test(golden, "shared", () -> assertShared(golden)));
  }

  private void assertShared(GoldenCase golden) throws IOException {
    VisionLanguageModel model = model(golden);
    List<ImageInput> images = List.of(image(golden));
    GenerationConfig config = GenerationConfig.builder().maxNewTokens(8).logProbs(1).build();

    List<GenerationResult> together = model.answerAll(images, QUESTIONS, config);

    VisionLanguageModel uncached = uncachedModel(golden);
    for (int i = 0; i < QUESTIONS.size(); i++) {
      GenerationResult alone =
          uncached.generate(
              GenerationRequest.question(QUESTIONS.get(i)).images(images).config(config).build());
      assertThat(together.get(i).inputIds()).isEqualTo(alone.inputIds());
      assertThat(together.get(i).outputIds()).isEqualTo(alone.outputIds());
      assertThat(together.get(i).text()).isEqualTo(alone.text());
      for (int step = 0; step < alone.logProbs().size(); step++) {
        assertThat(together.get(i).logProbs().get(step).logProb())
            .isCloseTo(alone.logProbs().get(step).logProb(), within(TOKEN_LOG_PROB_TOLERANCE));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> aBatchAnswersAsOneRequestAfterTheOther() {
    return cases.stream().map(golden -> test(golden, "batch", () -> assertBatch(golden)));
  }

  private void assertBatch(GoldenCase golden) throws IOException {
    VisionLanguageModel model = model(golden);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      GenerationConfig.Builder config = GenerationConfig.builder().maxNewTokens(3 + 2 * i);
      GenerationConfig drawn =
          config.temperature(0.8).seed(i).numReturnSequences(1 + i % 2).build();
      requests.add(
          GenerationRequest.question(QUESTIONS.get(i % 3).repeat(1 + i))
              .images(image(golden))
              .config(drawn)
              .build());
    }
    List<List<GeneratedSequence>> serial = new ArrayList<>();
    for (GenerationRequest request : requests) {
      serial.add(model.generate(request).sequences());
    }

    assertThat(model.generateAll(requests, 3))
        .extracting(GenerationResult::sequences)
        .isEqualTo(serial);
  }

  @TestFactory
  Stream<DynamicTest> answersKeepToConstraints() {
    return cases.stream().map(golden -> test(golden, "constraint", () -> assertKept(golden)));
  }

  private void assertKept(GoldenCase golden) throws IOException {
    List<OutputConstraint> constraints =
        List.of(
            OutputConstraint.oneOf(List.of("yes", "no", "not sure")),
            OutputConstraint.matching("(left|right) lung: [0-9]{1,3}(\\.[0-9])? ?%"),
            OutputConstraint.matching("[A-Z][a-zé ]{0,9}[.!]"));
    for (OutputConstraint constraint : constraints) {
      for (int beams : List.of(1, 3)) {
        GenerationConfig config =
            GenerationConfig.builder()
                .maxNewTokens(64)
                .constraint(constraint)
                .numBeams(beams)
                .build();
        GenerationResult result =
            model(golden)
                .generate(
                    GenerationRequest.question("?").images(image(golden)).config(config).build());

        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(constraint.isMatchedBy(result.text()))
            .as("'%s' keeps to %s", result.text(), constraint)
            .isTrue();
      }
    }
  }

  private static ImageInput image(GoldenCase golden) {
    return ImageInput.of(golden.directory().resolve("images").resolve("a.png"));
  }

  private static GenerationRequest.Builder request(GoldenCase golden, String prompt) {
    JsonNode entry = golden.expected().path("prompts").path(prompt);
    return GenerationRequest.prompt(entry.path("prompt").textValue()).images(golden.images(entry));
  }

  private VisionLanguageModel model(GoldenCase golden) throws IOException {
    return model(golden, LoadOptions.DEFAULT_IMAGE_CACHE_BYTES);
  }

  private VisionLanguageModel uncachedModel(GoldenCase golden) throws IOException {
    return model(golden, 0);
  }

  private VisionLanguageModel model(GoldenCase golden, long cacheBytes) throws IOException {
    String key = golden.name() + cacheBytes;
    VisionLanguageModel model = models.get(key);
    if (model == null) {
      Path folder = Files.createDirectories(exports.resolve("exports"));
      model =
          LlavaMed.load(
              golden.checkpoint(),
              LoadOptions.builder()
                  .backend(backend())
                  .backendOptions(new BackendOptions(Precision.FP32, null, 2, folder))
                  .visionTower(
                      golden.usesStockTower()
                          ? VisionTowerSource.Choice.STOCK
                          : VisionTowerSource.Choice.AUTOMATIC)
                  .imageCacheBytes(cacheBytes)
                  .build());
      models.put(key, model);
    }
    return model;
  }

  private interface Check {
    void run() throws IOException;
  }

  private static DynamicTest test(GoldenCase golden, String what, Check check) {
    return DynamicTest.dynamicTest(golden.name() + " " + what, check::run);
  }

  /** Returns the elements of an array; an object is its own only element. */
  private static Stream<JsonNode> elements(JsonNode node) {
    return node.isObject() ? Stream.of(node) : StreamSupport.stream(node.spliterator(), false);
  }

  private static List<Integer> ids(JsonNode array) {
    return Arrays.stream(GoldenFolder.ints(array)).boxed().toList();
  }

  private static List<Integer> first(List<Integer> ids, int count) {
    return ids.subList(0, Math.min(count, ids.size()));
  }
}
