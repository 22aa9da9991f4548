package io.github.llavamed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.eval.dataset.QuestionAttributes;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.eval.report.ReportText;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import io.github.llavamed.metric.GroupScores;
import io.github.llavamed.metric.MetricScore;
import io.github.llavamed.metric.ScoreReport;
import io.github.llavamed.metric.ScoringProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  private VqaDataset dataset() throws IOException {
    Files.createDirectories(folder.resolve("ds"));
    Path file =
        Files.writeString(
            folder.resolve("ds/test.json"),
            """
            [{"id": 1, "image": "a.jpg", "answer_type": "OPEN", "question_type": "organ",
              "modality": "CT", "conversations": [{"from": "human", "value": "Where?\\n<image>"},
              {"from": "gpt", "value": "right lung"}]},
             {"id": 2, "answer_type": "CLOSED", "question_type": "presence", "modality": "MRI",
              "conversatons": [{"from": "human", "value": "Normal?"},
              {"from": "gpt", "value": "No"}]}]
            """);
    return MedicalVqaDataset.read(file, EvaluationOptions.DEFAULT);
  }

  private AnswerFile answers(String first, String second) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("answers.jsonl"),
            "{\"question_id\": 1, \"text\": \""
                + first
                + "\"}\n"
                + "{\"question_id\": 2, \"text\": \""
                + second
                + "\"}\n");
    return AnswerFile.read(file, EvaluationOptions.DEFAULT);
  }

  @Test
  void reportsTheWorkedExampleOfTheSpecification() throws IOException {
    ScoringProtocol protocol = ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL);

    ScoreReport report =
        Evaluation.of(protocol)
            .withClock(CLOCK)
            .score(dataset(), answers("The right lung is right.", "It looks normal."));

    assertThat(ReportText.table(report))
        .isEqualTo(
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
            yes/no accuracy    100
            recall_closed        0""");
    assertThat(ReportText.summaryJson(report))
        .startsWith(
            "{\"dataset\": \"ds\", \"protocol\": \"llava-med-v1\", \"num_open\": 1,"
                + " \"num_closed\": 1, \"exact_match\": 50.0, \"f1\": 85.71428571428571,")
        .contains(
            "\"closed_accuracy\": 100.0, \"recall_closed\": 0.0, \"provenance\": {\"protocol\":")
        .endsWith("\"protocol\": \"1\"}}}");
  }

  @Test
  void reportsCarryTheirProvenance() throws IOException {
    ScoreReport report =
        Evaluation.of(ScoringProtocols.strict())
            .withClock(CLOCK)
            .withBootstrap(BootstrapConfig.DEFAULT.withSeed(42))
            .score(dataset(), answers("right lung", "no"));

    assertThat(report.provenance().protocol()).isEqualTo("strict");
    assertThat(report.provenance().dataset()).isEqualTo("ds");
    assertThat(report.provenance().date()).isEqualTo(CLOCK.instant());
    assertThat(report.provenance().hashes()).containsOnlyKeys("dataset", "predictions");
    assertThat(report.provenance().hashes().values())
        .allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    assertThat(report.provenance().versions())
        .containsKeys("llava-med", "java")
        .containsEntry("protocol", "1");
    assertThat(report.provenance().settings().get("bootstrap")).contains("seed=42");
    assertThat(ReportText.fullJson(report)).contains("\"date\": \"2026-11-24T12:00:00Z\"");
  }

  @Test
  void reportsByQuestionTypeAndModality() throws IOException {
    ScoreReport report =
        Evaluation.of(ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL))
            .withGroups(List.of(VqaSample.QUESTION_TYPE, VqaSample.MODALITY))
            .withBootstrap(BootstrapConfig.DEFAULT)
            .score(dataset(), answers("lung", "yes"));

    assertThat(report.groups())
        .extracting(GroupScores::attribute, GroupScores::value, GroupScores::questions)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("question_type", "organ", 1),
            org.assertj.core.groups.Tuple.tuple("question_type", "presence", 1),
            org.assertj.core.groups.Tuple.tuple("modality", "CT", 1),
            org.assertj.core.groups.Tuple.tuple("modality", "MRI", 1));
    List<MetricScore> ct = report.groups().get(2).scores();
    assertThat(ct)
        .extracting(MetricScore::key)
        .contains("recall")
        .doesNotContain("closed_accuracy");
    MetricScore recall =
        ct.stream().filter(score -> score.key().equals("recall")).findFirst().orElseThrow();
    assertThat(recall.percent()).isCloseTo(50, within(1e-12));
    assertThat(recall.interval()).isNotNull();
  }

  @Test
  void takesFurtherFieldsFromTheFileAsPublished() throws IOException {
    Path published =
        Files.writeString(
            folder.resolve("published.json"),
            "[{\"qid\": 1, \"modality\": \"X-Ray\", \"question_type\": \"other\","
                + " \"location\": \"Chest\"}, {\"id\": 2, \"location\": \"Head\"}]");

    VqaDataset more =
        QuestionAttributes.read(published, EvaluationOptions.DEFAULT).addTo(dataset());

    assertThat(more.samples())
        .extracting(sample -> sample.attributes().get("location"))
        .containsExactly("Chest", "Head");
    assertThat(more.samples().get(0).attributes())
        .as("the data set's own fields win")
        .containsEntry("question_type", "organ");
    assertThat(more.sha256()).isEqualTo(dataset().sha256());

    Files.writeString(published, "[{\"qid\": 1}]");
    assertThatThrownBy(
            () -> QuestionAttributes.read(published, EvaluationOptions.DEFAULT).addTo(dataset()))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("published.json", "question 2", "found none");
  }

  @Test
  void printsTheScoresOfGroupsWithIntervals() throws IOException {
    ScoreReport report =
        Evaluation.of(ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL))
            .withGroups(List.of(VqaSample.MODALITY))
            .withBootstrap(BootstrapConfig.DEFAULT)
            .score(dataset(), answers("lung", "no"));

    assertThat(ReportText.groupTable(report, List.of("recall", "closed_accuracy")))
        .isEqualTo(
            """
            modality  questions                recall          closed_accuracy
            all               2  50.00 [50.00, 50.00]  100.00 [100.00, 100.00]
            CT                1  50.00 [50.00, 50.00]                        -
            MRI               1                     -  100.00 [100.00, 100.00]
            """);
  }

  @Test
  void keepsTextAndNumberIdentifiersApart() throws IOException {
    List<Prediction> predictions =
        List.of(new Prediction(SampleId.of("1"), "x"), new Prediction(SampleId.of(2), "y"));
    Evaluation evaluation = Evaluation.of(ScoringProtocols.strict());

    assertThatThrownBy(() -> evaluation.rate(dataset().samples(), predictions))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("the number 1 and the text 1 at position 0");
  }

  @Test
  void repairedOdditiesAreStatedAndChangeTheScores() throws IOException {
    EvaluationQuirks clipped =
        EvaluationQuirks.ORIGINAL
            .without(EvaluationQuirk.UNCLIPPED_F1)
            .without(EvaluationQuirk.UNSMOOTHED_BLEU)
            .without(EvaluationQuirk.YES_NO_INSIDE_WORDS);
    ScoreReport repaired =
        Evaluation.of(ScoringProtocols.llavaMedV1(clipped))
            .score(dataset(), answers("lung lung", "It looks normal."));
    ScoreReport original =
        Evaluation.of(ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL))
            .score(dataset(), answers("lung lung", "It looks normal."));

    assertThat(original.score("recall").orElseThrow().percent()).isCloseTo(200.0 / 3, within(1e-9));
    assertThat(repaired.score("recall").orElseThrow().percent()).isEqualTo(50);
    assertThat(original.score("bleu").orElseThrow().percent()).isLessThan(1e-200);
    assertThat(repaired.score("bleu").orElseThrow().percent()).isGreaterThan(1);
    assertThat(repaired.provenance().settings())
        .isEqualTo(
            Map.of(
                "quirks", "original without [UNCLIPPED_F1, UNSMOOTHED_BLEU, YES_NO_INSIDE_WORDS]"));
  }
}
