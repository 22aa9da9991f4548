package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.internal.Probabilities;
import io.github.llavamed.testing.AsciiTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogitsProcessorsTest {
  private static final float GONE = Float.NEGATIVE_INFINITY;
  private static final int EOS = AsciiTokenizer.EOS;
  private static final int RANDOM_CASES = 300;

  @Test
  void penaltyDividesPositiveAndMultipliesNegativeLogitsOnce() {
    float[] logits = {2, -2, 3, 1};

    apply(TokenRules.NONE.withRepetitionPenalty(2), List.of(1, 0), logits, 0, 0);

    assertThat(logits).containsExactly(1, -4, 3, 1);
  }

  @Test
  void penaltySkipsIdsThatHaveNoLogit() {
    float[] logits = {2, -2};

    apply(TokenRules.NONE.withRepetitionPenalty(2), List.of(-200, 7), logits);

    assertThat(logits).containsExactly(2, -2);
  }

  @Test
  void noNgramComesTwice() {
    float[] logits = {0, 0, 0, 0, 0};

    // 1 2 3, 1 2 4 and now 1 2: neither 3 nor 4.
    apply(TokenRules.NONE.withNoRepeatNgramSize(3), List.of(1, 2, 3), logits, 1, 2, 4, 1, 2);

    assertThat(logits).containsExactly(0, 0, 0, GONE, GONE);
  }

  @Test
  void aRunOfOneForbidsEverythingThatCame() {
    float[] logits = {0, 0, 0};

    apply(TokenRules.NONE.withNoRepeatNgramSize(1), List.of(1), logits, 2);

    assertThat(logits).containsExactly(0, GONE, GONE);
  }

  @Test
  void badWordsAreForbiddenAtTheirLastIdOnly() {
    int[] ids = AsciiTokenizer.ids("badx");
    TokenRules rules = TokenRules.NONE.withBadWords(List.of("bad", "x"));

    float[] start = new float[AsciiTokenizer.SIZE];
    apply(rules, List.of(1), start);
    float[] almost = new float[AsciiTokenizer.SIZE];
    apply(rules, List.of(1), almost, ids[0], ids[1]);

    assertThat(gone(start)).containsExactly(ids[3]);
    assertThat(gone(almost)).containsExactlyInAnyOrder(ids[2], ids[3]);
  }

  @Test
  void anAnswerEndsOnlyWhenItIsLongEnough() {
    TokenRules rules = TokenRules.NONE.withMinNewTokens(2);

    float[] early = {0, 0, 0, 0};
    apply(rules, List.of(1), early, 3);
    float[] late = {0, 0, 0, 0};
    apply(rules, List.of(1), late, 3, 3);

    assertThat(gone(early)).containsExactly(EOS);
    assertThat(gone(late)).isEmpty();
  }

  @Test
  void biasIsAdded() {
    float[] logits = {1, 2, 3};

    apply(TokenRules.NONE.withLogitBias(Map.of(0, 1.5f, 2, GONE)), List.of(), logits);

    assertThat(logits).containsExactly(2.5f, 2, GONE);
  }

  @Test
  void biasOfAnIdThatTheModelLacksIsRefused() {
    assertThatThrownBy(
            () ->
                apply(TokenRules.NONE.withLogitBias(Map.of(9, 1f)), List.of(), new float[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("below the model's 2, found 9");
  }

  @Test
  void temperatureDivides() {
    float[] logits = {1, -2};

    filter(sampling(0.5).withTopK(0), 1, logits);

    assertThat(logits).containsExactly(2, -4);
  }

  @Test
  void topKKeepsEqualsOfTheLast() {
    float[] logits = {1, 3, 2, 2, 0};

    filter(sampling(1).withTopK(2), 1, logits);

    assertThat(logits).containsExactly(GONE, 3, 2, 2, GONE);
  }

  @Test
  void topPKeepsWhatReachesIt() {
    // Probabilities 0.5, 0.3, 0.15, 0.05.
    float[] logits = logs(0.5, 0.3, 0.15, 0.05);

    filter(sampling(1).withTopK(0).withTopP(0.79), 1, logits);

    assertThat(gone(logits)).containsExactly(2, 3);
  }

  @Test
  void topPKeepsTheMostProbableInAnyCase() {
    float[] logits = logs(0.5, 0.3, 0.15, 0.05);

    filter(sampling(1).withTopK(0).withTopP(1e-9), 1, logits);

    assertThat(gone(logits)).containsExactly(1, 2, 3);
  }

  @Test
  void minPComparesWithTheMostProbable() {
    float[] logits = logs(0.5, 0.3, 0.15, 0.05);

    filter(sampling(1).withTopK(0).withMinP(0.29), 1, logits);

    assertThat(gone(logits)).containsExactly(3);
  }

  @Test
  void beamSearchKeepsMoreTokens() {
    for (SamplingConfig config :
        List.of(
            sampling(1).withTopK(1),
            sampling(1).withTopK(0).withTopP(0.1),
            sampling(1).withTopK(0).withMinP(1))) {
      float[] logits = logs(0.5, 0.3, 0.15, 0.05);

      filter(config, 2, logits);

      assertThat(gone(logits)).as("%s", config).containsExactly(2, 3);
    }
  }

  @Test
  void filtersComeInTheOrderOfTransformers() {
    SamplingConfig config = new SamplingConfig(0.7, 5, 0.9, 0.1, 0);

    assertThat(LogitsProcessors.filters(config, 1))
        .extracting(processor -> processor.getClass().getSimpleName())
        .containsExactly("Temperature", "TopK", "TopP", "MinP");
    assertThat(
            LogitsProcessors.rules(
                new TokenRules(1.1, 2, 3, List.of("x"), Map.of(1, 1f)),
                new AsciiTokenizer(),
                List.of(),
                Set.of(EOS)))
        .extracting(processor -> processor.getClass().getSimpleName())
        .containsExactly(
            "LogitBias", "RepetitionPenalty", "NoRepeatNgram", "BannedSequences", "MinNewTokens");
  }

  @Test
  void nothingIsFilteredWithoutATemperature() {
    assertThat(LogitsProcessors.filters(new SamplingConfig(0, 5, 0.5, 0.5, 0), 1)).isEmpty();
    assertThat(LogitsProcessors.filters(sampling(1).withTopK(0), 1)).isEmpty();
    assertThat(
            LogitsProcessors.rules(TokenRules.NONE, new AsciiTokenizer(), List.of(), Set.of(EOS)))
        .isEmpty();
  }

  @Test
  void rulesSeeThePromptExceptInV15() {
    List<Integer> prompt = List.of(1, 7, -200, 8);

    assertThat(LogitsProcessors.idsBefore(ModelFamily.LLAVA_V1_5, 1, prompt)).containsExactly(1);
    assertThat(LogitsProcessors.idsBefore(ModelFamily.LLAVA_V1_5, null, prompt)).isEmpty();
    assertThat(LogitsProcessors.idsBefore(ModelFamily.LLAVA_V1_0, 1, prompt)).isEqualTo(prompt);
    assertThat(LogitsProcessors.idsBefore(ModelFamily.HF_LLAVA, 1, prompt)).isEqualTo(prompt);
  }

  @Test
  void topPKeepsTheSmallestSetThatReachesTheProbability() {
    Random random = new Random(11);
    for (int n = 0; n < RANDOM_CASES; n++) {
      float[] logits = randomLogits(random);
      double p = 0.05 + 0.9 * random.nextDouble();
      double[] before = Probabilities.softmax(logits);

      filter(sampling(1).withTopK(0).withTopP(p), 1, logits);

      double kept = sum(before, logits);
      double smallest =
          IntStream.range(0, logits.length)
              .filter(id -> logits[id] != GONE)
              .mapToDouble(id -> before[id])
              .min()
              .orElseThrow();
      double largestGone =
          IntStream.range(0, logits.length)
              .filter(id -> logits[id] == GONE)
              .mapToDouble(id -> before[id])
              .max()
              .orElse(0);
      assertThat(kept).as("case %d: reaches %s", n, p).isGreaterThanOrEqualTo(p - 1e-12);
      assertThat(kept - smallest).as("case %d: one less does not", n).isLessThan(p + 1e-12);
      assertThat(largestGone).isLessThanOrEqualTo(smallest);
    }
  }

  @Test
  void minPKeepsExactlyWhatIsProbableEnough() {
    Random random = new Random(12);
    for (int n = 0; n < RANDOM_CASES; n++) {
      float[] logits = randomLogits(random);
      double p = random.nextDouble();
      double[] before = Probabilities.softmax(logits);
      double best = Arrays.stream(before).max().orElseThrow();

      filter(sampling(1).withTopK(0).withMinP(p), 1, logits);

      for (int id = 0; id < logits.length; id++) {
        if (Math.abs(before[id] - p * best) > 1e-9) {
          assertThat(logits[id] != GONE)
              .as("case %d id %d", n, id)
              .isEqualTo(before[id] > p * best);
        }
      }
    }
  }

  @Test
  void noAnswerOfRandomLogitsHasAnNgramTwice() {
    Random random = new Random(13);
    for (int size = 1; size <= 4; size++) {
      List<LogitsProcessor> rules =
          LogitsProcessors.rules(
              TokenRules.NONE.withNoRepeatNgramSize(size),
              new AsciiTokenizer(),
              List.of(1, 2, 1, 2),
              Set.of());
      TokenHistory history = new TokenHistory(List.of());
      for (int step = 0; step < 40; step++) {
        float[] logits = new float[5 + 37 / size];
        for (int i = 0; i < logits.length; i++) {
          logits[i] = random.nextFloat();
        }
        rules.forEach(rule -> rule.process(logits, history));
        int id = Sampler.greedy().next(logits);
        if (logits[id] == GONE) {
          break;
        }
        history.add(id);
      }
      int[] newIds = history.newIds();
      List<Integer> all =
          IntStream.concat(IntStream.of(1, 2, 1, 2), Arrays.stream(newIds)).boxed().toList();
      int n = size;
      List<List<Integer>> runs =
          IntStream.rangeClosed(2, all.size() - n)
              .mapToObj(i -> all.subList(i, i + n))
              .filter(run -> n > 2 || !run.equals(List.of(1, 2).subList(0, Math.min(n, 2))))
              .toList();
      assertThat(newIds.length).isGreaterThan(2);
      if (n > 1) {
        assertThat(runs).doesNotHaveDuplicates();
      } else {
        assertThat(Arrays.stream(newIds).boxed().toList()).doesNotHaveDuplicates();
      }
    }
  }

  private static float[] randomLogits(Random random) {
    float[] logits = new float[2 + random.nextInt(60)];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (3 * random.nextGaussian());
    }
    return logits;
  }

  private static double sum(double[] probabilities, float[] logits) {
    return IntStream.range(0, logits.length)
        .filter(id -> logits[id] != GONE)
        .mapToDouble(id -> probabilities[id])
        .sum();
  }

  private static SamplingConfig sampling(double temperature) {
    return SamplingConfig.GREEDY.withTemperature(temperature);
  }

  private static void apply(TokenRules rules, List<Integer> before, float[] logits, int... newIds) {
    TokenHistory history = new TokenHistory(List.of());
    Arrays.stream(newIds).forEach(history::add);
    LogitsProcessors.rules(rules, new AsciiTokenizer(), before, Set.of(EOS))
        .forEach(rule -> rule.process(logits, history));
  }

  private static void filter(SamplingConfig sampling, int minTokensToKeep, float[] logits) {
    LogitsProcessors.filters(sampling, minTokensToKeep)
        .forEach(filter -> filter.process(logits, new TokenHistory(List.of())));
  }

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    double[] back = Probabilities.softmax(logits);
    assertThat(back[0]).isCloseTo(probabilities[0], within(1e-6));
    return logits;
  }

  private static List<Integer> gone(float[] logits) {
    return IntStream.range(0, logits.length).filter(id -> logits[id] == GONE).boxed().toList();
  }
}
