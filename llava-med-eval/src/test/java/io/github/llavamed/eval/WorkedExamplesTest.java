package io.github.llavamed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.eval.judge.ChatVerdict;
import io.github.llavamed.eval.metric.Bleu;
import io.github.llavamed.eval.metric.CandidateHit;
import io.github.llavamed.eval.metric.SubstringHit;
import io.github.llavamed.eval.metric.TokenOverlap;
import io.github.llavamed.eval.metric.WordShare;
import io.github.llavamed.eval.metric.YesNoHit;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.eval.report.RunEval;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import io.github.llavamed.metric.MetricContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small examples that show every figure on paper; the values are the original's. */
class WorkedExamplesTest {
  private static final double TINY = Double.MIN_NORMAL;

  @TempDir Path folder;

  private static void assertScore(Metric metric, AnswerPair pair, double expected) {
    assertThat(metric.score(pair).getAsDouble())
        .as("%s of %s", metric.id(), pair)
        .isCloseTo(expected, within(1e-9 * Math.abs(expected)));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # answer,         reference,       EM,    precision, recall, F1,    substring
          lung lung,        lung heart,      1/2,   1,         2/3,    4/5,   0
          lung heart,       lung lung,       1/2,   1/2,       1,      2/3,   0
          lung lung heart,  lung kidney,     1/3,   2/3,       2/3,    2/3,   0
          the right lung,   right lung,      1,     1,         1,      1,     1
          a a a,            the,             0,     0,         0,      0,     1
          x,                '',              0,     0,         0,      0,     1
          b c d e,          b c d e,         1,     1,         1,      1,     1
          b c d e f,        b c d e,         4/5,   4/5,       1,      8/9,   1
          b c d,            b c d e,         1,     1,         3/4,    6/7,   0
          c b,              b c,             1,     1,         1,      1,     0
          one,              1,               1,     1,         1,      1,     1
          right right left, right left left, 2/3,   1,         1,      1,     0
          """)
  void wordsOfAPair(
      String answer,
      String reference,
      String share,
      String precision,
      String recall,
      String f1,
      String substring) {
    AnswerPair pair = new AnswerPair(answer, reference);

    assertScore(new WordShare(), pair, fraction(share));
    assertScore(new TokenOverlap.Precision(), pair, fraction(precision));
    assertScore(new TokenOverlap.Recall(), pair, fraction(recall));
    assertScore(new TokenOverlap.F1(), pair, fraction(f1));
    assertScore(new SubstringHit(), pair, fraction(substring));
  }

  private static double fraction(String text) {
    String[] parts = text.split("/", 2);
    return Double.parseDouble(parts[0]) / (parts.length > 1 ? Double.parseDouble(parts[1]) : 1);
  }

  /** An order of BLEU without matches counts as the smallest normal number, as in nltk. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # answer,         reference,       bleu,                    bleu_1, bleu_2, bleu_3
          lung lung,        lung heart,      1.5319719891192393e-231, 0.5,    TINY,   TINY
          lung heart,       lung lung,       1.5319719891192393e-231, 0.5,    TINY,   TINY
          the right lung,   right lung,      1.491668146240062e-154,  1,      1,      TINY
          a a a,            the,             0,                       0,      0,      0
          x,                '',              0,                       0,      0,      0
          b c d e,          b c d e,         1,                       1,      1,      1
          b c d e f,        b c d e,         0.668740304976422,       0.8,    0.75,   0.6666666666666666
          b c d,            b c d e,         8.751273976943354e-78,   0.7165313105737893, 0.7165313105737893, 0.7165313105737893
          c b,              b c,             1.821831989445342e-231,  1,      TINY,   TINY
          one,              1,               1.821831989445342e-231,  1,      TINY,   TINY
          right right left, right left left, 1.133422688662942e-154,  0.6666666666666666, 0.5, TINY
          """)
  void bleuOfAPair(
      String answer, String reference, double bleu, String one, String two, String three) {
    AnswerPair pair = new AnswerPair(answer, reference);

    assertScore(new Bleu(), pair, bleu);
    assertScore(new Bleu.Unigrams(), pair, number(one));
    assertScore(new Bleu.Bigrams(), pair, number(two));
    assertScore(new Bleu.Trigrams(), pair, number(three));
  }

  private static double number(String text) {
    return text.equals("TINY") ? TINY : Double.parseDouble(text);
  }

  @ParameterizedTest
  @CsvSource({
    "The right lung is clear, 0.5, 1, 1, right lung, true",
    "lung, 0.5, 0.5, 1, lung, false",
    "heart, 0, 0, 0, left lung, false",
    "left and right lung, 1, 1, 1, left lung, false"
  })
  void theFirstMostSimilarCandidateIsChosen(
      String answer, double left, double right, double lung, String chosen, boolean hit) {
    MetricContext candidates = new MetricContext(List.of("left lung", "right lung", "lung"));

    CandidateHit.Choice choice =
        CandidateHit.choose(new AnswerPair(answer, "right lung"), candidates);

    assertThat(choice.similarities()).containsExactly(left, right, lung);
    assertThat(choice.chosen()).isEqualTo(chosen);
    assertThat(choice.hit()).isEqualTo(hit);
  }

  @Test
  void aWholeEvaluation() throws IOException {
    Path data = Files.createDirectories(folder.resolve("ds"));
    Path truth =
        Files.writeString(
            data.resolve("test.json"),
            """
            [{"id": 1, "answer_type": "OPEN", "conversations": [{"from": "human", "value": "Where?"},
              {"from": "gpt", "value": "right lung"}]},
             {"id": 2, "answer_type": "CLOSED", "conversations": [{"from": "human", "value": "Ill?"},
              {"from": "gpt", "value": "No"}]}]
            """);
    Path answers =
        Files.writeString(
            data.resolve("answers.jsonl"),
            """
            {"question_id": 1, "text": "The right lung is right."}
            {"question_id": 2, "text": "It looks normal."}
            """);
    Path candidates =
        Files.writeString(
            data.resolve("candidate.json"), "{\"0\": [\"right lung\", \"left lung\", \"lung\"]}");
    StringBuilder out = new StringBuilder();

    new RunEval(
            ScoringProtocols.llavaMedRunEval(EvaluationQuirks.ORIGINAL), EvaluationOptions.DEFAULT)
        .run(
            new RunEval.Arguments(truth.toString(), candidates.toString(), answers.toString()),
            out);

    String table =
        """
        Metric                Performance
        -----------------  --------------
        exact match score   50
        f1 score            85.7143
        precision           75
        recall             100
        bleu_score           9.53091e-153
        bleu_score_1        50
        bleu_score_2        33.3333
        bleu_score_3         2.22507e-306
        open accuracy      100
        yes/no accuracy    100""";
    assertThat(out)
        .contains("num_open 1 || num_close 1\n" + table + "\n")
        .doesNotContain("recall_closed");
    // "normal" holds "no": every rule of the original counts the second answer as right.
    assertScore(new YesNoHit(), new AnswerPair("It looks normal.", "No"), 1);
    VqaDataset dataset = MedicalVqaDataset.read(truth, EvaluationOptions.DEFAULT);
    var batch =
        Evaluation.of(ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL))
            .score(dataset, AnswerFile.read(answers, EvaluationOptions.DEFAULT));
    assertThat(batch.scores().get(10).key()).isEqualTo("recall_closed");
    assertThat(batch.scores().get(10).percent()).isZero();
  }

  @Test
  void aChatSummary() throws IOException {
    String line =
        "{\"question_id\": %d, \"type\": \"conversation\", \"domain\": {\"chest_xray\": false,"
            + " \"mri\": false, \"histology\": true, \"gross\": %s, \"ct_scan\": false},"
            + " \"gpt_eval\": \"%s\\nReasons.\"}\n";
    Path scores =
        Files.writeString(
            folder.resolve("scores.jsonl"),
            line.formatted(1, "true", "10 5") + line.formatted(2, "false", "5 10"));

    ChatSummary summary =
        ChatSummary.of(
            ChatVerdict.read(scores, ChatSummary.Version.V1_5, EvaluationOptions.DEFAULT),
            ChatSummary.Version.V1_5);

    assertThat(summary.groups())
        .extracting(ChatSummary.Group::name)
        .containsExactlyInAnyOrder("conversation", "overall", "histology");
    assertThat(summary.groups())
        .allSatisfy(
            group -> {
              assertThat(group.relative()).isEqualTo(125.0);
              assertThat(group.reference()).isEqualTo(7.5);
              assertThat(group.model()).isEqualTo(7.5);
              assertThat(group.size()).isEqualTo(2);
            });
  }
}
