package io.github.llavamed.eval.metric;

import static io.github.llavamed.eval.EvalGolden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.data.CandidateJson;
import io.github.llavamed.eval.internal.text.WordTables;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import io.github.llavamed.metric.MetricContext;
import io.github.llavamed.testing.GoldenFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class MetricGoldenTest {
  static Stream<JsonNode> normalized() {
    return EvalGolden.lines("normalize").stream();
  }

  @ParameterizedTest
  @MethodSource("normalized")
  void normalizesOnceTwiceAndLowerCased(JsonNode golden) {
    String once = AnswerNormalizer.normalize(golden.get("input").textValue());

    assertThat(once).isEqualTo(golden.get("once").textValue());
    assertThat(AnswerNormalizer.normalizeAnswer(golden.get("input").textValue()))
        .isEqualTo(golden.get("lower_then_once").textValue());
    assertThat(AnswerNormalizer.normalize(once)).isEqualTo(golden.get("twice").textValue());
  }

  static Stream<JsonNode> counted() {
    return EvalGolden.lines("tokens").stream();
  }

  @ParameterizedTest
  @MethodSource("counted")
  void countsWordsAndNgrams(JsonNode golden) {
    assertThat(golden.get("ngrams")).isNotEmpty();
    golden
        .get("ngrams")
        .properties()
        .forEach(
            entry -> {
              Map<String, Integer> expected = new TreeMap<>();
              entry.getValue().forEach(g -> expected.put(g.get(0).asText(), g.get(1).intValue()));
              assertThat(
                      WordCounts.of(
                          golden.get("input").textValue(), Integer.parseInt(entry.getKey())))
                  .containsExactlyInAnyOrderEntriesOf(expected);
            });
  }

  static Stream<JsonNode> pairs() {
    return EvalGolden.lines("pair_metrics").stream();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void scoresPairs(JsonNode golden) {
    AnswerPair pair = new AnswerPair(golden.get("pred").textValue(), golden.get("gt").textValue());
    Map<String, Metric> metrics = new LinkedHashMap<>();
    metrics.put("exact_match", new WordShare());
    metrics.put("f1", new TokenOverlap.F1());
    metrics.put("precision", new TokenOverlap.Precision());
    metrics.put("recall", new TokenOverlap.Recall());
    metrics.put("bleu", new Bleu());
    metrics.put("bleu_1", new Bleu.Unigrams());
    metrics.put("bleu_2", new Bleu.Bigrams());
    metrics.put("bleu_3", new Bleu.Trigrams());
    metrics.put("substring_hit", new SubstringHit());
    metrics.put("closed_hit_run_eval", new YesNoHit());
    metrics.put(
        "candidate_hit",
        new CandidateHit()
            .forData(
                candidates(GoldenFolder.json(EvalGolden.folder("pair_metrics/candidates.json")))));

    assertThat(AnswerNormalizer.normalizeAnswer(pair.prediction()))
        .isEqualTo(golden.get("pred_norm").textValue());
    assertThat(AnswerNormalizer.normalizeAnswer(pair.reference()))
        .isEqualTo(golden.get("gt_norm").textValue());
    metrics.forEach(
        (key, metric) ->
            assertClose(key, metric.score(pair).getAsDouble(), golden.get(key).doubleValue()));
  }

  private static MetricContext candidates(JsonNode file) {
    return CandidateJson.parse(file, "candidates");
  }

  static Stream<JsonNode> candidateChoices() {
    return EvalGolden.lines("candidate_match").stream();
  }

  @ParameterizedTest
  @MethodSource("candidateChoices")
  void choosesTheMostSimilarCandidate(JsonNode golden) {
    MetricContext context = candidates(golden.get("candidates"));
    AnswerPair pair = new AnswerPair(golden.get("pred").textValue(), golden.get("gt").textValue());

    CandidateHit.Choice choice = CandidateHit.choose(pair, context);

    List<Double> similarities = new ArrayList<>();
    golden.get("similarities").forEach(value -> similarities.add(value.doubleValue()));
    assertThat(choice.similarities()).isEqualTo(similarities);
    assertThat(choice.chosen()).isEqualTo(golden.get("chosen").textValue());
    assertThat(new CandidateHit().forData(context).score(pair).getAsDouble())
        .isEqualTo(golden.get("score").doubleValue());
    assertThat(context.candidates().stream().map(AnswerNormalizer::normalize))
        .containsExactlyElementsOf(EvalGolden.texts(golden.get("candidates_norm")));
  }

  static Stream<JsonNode> sentenceBleus() {
    return EvalGolden.lines("nltk_bleu").stream();
  }

  @ParameterizedTest
  @MethodSource("sentenceBleus")
  void computesBleuAsNltk(JsonNode golden) {
    List<List<String>> references = new ArrayList<>();
    golden.get("references").forEach(words -> references.add(EvalGolden.texts(words)));

    double score =
        SentenceBleu.score(
            EvalGolden.texts(golden.get("hypothesis")),
            references,
            doubles(golden.get("weights")),
            false);

    assertClose("bleu", score, golden.get("score").doubleValue());
  }

  static Stream<JsonNode> customBleus() {
    return EvalGolden.lines("custom_bleu").stream();
  }

  @ParameterizedTest
  @MethodSource("customBleus")
  void computesTheUnusedBleuHelper(JsonNode golden) {
    String candidate = golden.get("candidate").textValue();
    List<String> references = EvalGolden.texts(golden.get("references"));
    int n = golden.get("n").intValue();
    double[] weights = doubles(golden.get("weights"));

    if (golden.has("error")) {
      assertThatThrownBy(() -> CustomBleu.score(candidate, references, n, weights))
          .isInstanceOf(EvaluationException.class);
    } else {
      String[] expected = golden.get("result").textValue().split(" ", 2);
      String[] actual = CustomBleu.score(candidate, references, n, weights).split(" ", 2);
      assertClose("bleu", Double.parseDouble(actual[0]), Double.parseDouble(expected[0]));
      assertThat(actual.length > 1 ? actual[1] : "")
          .isEqualTo(expected.length > 1 ? expected[1] : "");
    }
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }

  @Test
  void wordTablesAreTheOriginals() {
    Path file = EvalGolden.folder("literals/glossary.json");
    JsonNode golden = GoldenFolder.json(file);

    assertThat(WordTables.CONTRACTIONS).containsExactlyEntriesOf(map(golden.get("contractions")));
    assertThat(WordTables.NUMBERS).containsExactlyEntriesOf(map(golden.get("numbers")));
    assertThat(WordTables.ARTICLES)
        .containsExactlyInAnyOrderElementsOf(EvalGolden.texts(golden.get("articles")));
    assertThat(WordTables.PUNCTUATION)
        .isEqualTo(EvalGolden.texts(golden.get("punctuation_in_order")));
  }

  private static Map<String, String> map(JsonNode object) {
    Map<String, String> map = new LinkedHashMap<>();
    object.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().textValue()));
    return map;
  }
}
