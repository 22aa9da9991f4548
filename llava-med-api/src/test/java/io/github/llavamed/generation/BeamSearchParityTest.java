package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.HashedLogits;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds beam search to what the code of the three library versions gives for toy models: early
 * stopping of every kind, length penalties, many ends of sequence. The file says how it was made.
 */
class BeamSearchParityTest {
  /** Sums of float32 log-probabilities in another order of operations. */
  private static final double SCORE_TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> sequencesAndScoresAreThoseOfTheLibraries() throws IOException {
    JsonNode file =
        new ObjectMapper()
            .readTree(
                Objects.requireNonNull(
                    BeamSearchParityTest.class.getResourceAsStream("beams.json")));
    assertThat(file.path("cases").size()).isGreaterThan(30);
    return Arrays.stream(ModelFamily.values())
        .flatMap(
            family ->
                IntStream.range(0, file.path("cases").size())
                    .mapToObj(
                        i ->
                            DynamicTest.dynamicTest(
                                family + " " + i,
                                () -> assertCase(family, file, file.path("cases").get(i)))));
  }

  private static void assertCase(ModelFamily family, JsonNode file, JsonNode example) {
    int eos = file.path("eos").intValue();
    int[] prompt = GoldenFolder.ints(example.path("prompt"));
    FakeBackend backend =
        FakeBackend.withLogits(
            file.path("vocab_size").intValue(),
            1,
            new HashedLogits(
                file.path("vocab_size").intValue(),
                example.path("seed").intValue(),
                eos,
                example.path("eos_bias").doubleValue()));
    BeamSearch.Input input =
        new BeamSearch.Input(
            Arrays.stream(prompt).boxed().toList(),
            List.of(TokenSegment.of(prompt)),
            List.of(),
            new StopConditions(
                example.path("max_new").intValue(),
                List.of(),
                StoppingCriterion.never(),
                Set.of(eos),
                null,
                () -> false),
            List.of(),
            new BeamSearchConfig(
                example.path("num_beams").intValue(),
                example.path("length_penalty").doubleValue(),
                EarlyStopping.valueOf(example.path("early_stopping").textValue().toUpperCase())),
            SamplingConfig.GREEDY,
            example.path("num_return").intValue(),
            0,
            GenerationListener.none());

    List<GeneratedSequence> found;
    try (DecoderSession session = backend.openSession(200)) {
      found = new BeamSearch(family, new AsciiTokenizer()).search(session, input).sequences();
      assertThat(session.length()).isEqualTo(prompt.length);
    }

    assertThat(backend.openSessions()).isZero();
    JsonNode expected = example.path("expected").path(name(family));
    assertThat(found).hasSize(expected.path("sequences").size());
    for (int i = 0; i < found.size(); i++) {
      int[] ids = GoldenFolder.ints(expected.path("sequences").get(i));
      assertThat(padded(found.get(i).outputIds(), ids.length, eos)).isEqualTo(ids);
      assertThat(found.get(i).beamScore())
          .isCloseTo(expected.path("scores").get(i).doubleValue(), within(SCORE_TOLERANCE));
      assertThat(found.get(i).finishReason())
          .isEqualTo(
              found.get(i).outputIds().contains(eos) ? FinishReason.STOP : FinishReason.LENGTH);
    }
  }

  private static String name(ModelFamily family) {
    return switch (family) {
      case LLAVA_V1_0 -> "v1.0";
      case LLAVA_V1_5 -> "v1.5";
      case HF_LLAVA -> "hf";
    };
  }

  private static int[] padded(List<Integer> ids, int length, int padding) {
    assertThat(ids).hasSizeLessThanOrEqualTo(length);
    return IntStream.range(0, length).map(i -> i < ids.size() ? ids.get(i) : padding).toArray();
  }
}
