package io.github.llavamed.cli.bench;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BenchFiguresTest {
  private static final String Q_PROJ = "model.layers.0.self_attn.q_proj.weight";
  private static final String O_PROJ = "model.layers.0.self_attn.o_proj.weight";

  @TempDir Path directory;

  @Test
  void sumsUpOddAndEvenNumbersOfValues() {
    assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(4, 1, 2, 3)).isEqualTo(new Spread(2.5, 1, 4));
    assertThat(Spread.of(2, 1, 4).falling(x -> 8 / x)).isEqualTo(new Spread(4, 2, 8));
  }

  @Test
  void extrapolatesLayersInProportionAndLeavesTheHead() {
    BenchTimes times =
        new BenchTimes(
            0, 0, phase(700), phase(1605), phase(35), List.of(), new Spread(2305, 2305, 2305));

    ReuseTimes reuse =
        new ReuseTimes(616, 40, same(700 + 1600 + 25), same(200 + 25), same(700 + 3400 + 250));

    Extrapolation full = Extrapolation.of(4, 32, times, reuse, 1.0 / 7);

    assertThat(full.decodeMillis()).isEqualTo(30 * 8 + 5, within(1e-9));
    assertThat(full.prefillMillis()).isEqualTo(1600 * 8 + 5, within(1e-9));
    assertThat(full.firstTokenMillis()).isEqualTo(700 + 1600 * 8 + 5, within(1e-9));
    Extrapolation.Answers answers = requireNonNull(full.answers());
    assertThat(answers.alone()).isEqualTo(700 + 1600 * 8 + 25, within(1e-9));
    assertThat(answers.second()).isEqualTo(200 * 8 + 25, within(1e-9));
    assertThat(answers.together()).isEqualTo(700 + 3400 * 8 + 250, within(1e-9));
    assertThat(Extrapolation.of(4, 32, times, null, 1.0 / 7).answers()).isNull();
  }

  @Test
  void stepsOfSeveralSequencesReadTheHeadOnceForAll() {
    List<StepTime> steps = List.of(new StepTime(1, same(35)), new StepTime(8, same(60)));
    BenchTimes times =
        new BenchTimes(
            0, 0, phase(700), phase(1605), phase(35), steps, new Spread(2305, 2305, 2305));
    int heads = 10 + 2 * 4; // ten prompts; eight answers and then two more in step

    ReuseTimes reuse = new ReuseTimes(616, 40, same(2325), same(225), same(700 + 3000 + heads * 5));

    assertThat(times.slots()).isEqualTo(8);
    assertThat(steps.get(1).perToken()).isEqualTo(7.5, within(1e-9));
    assertThat(requireNonNull(Extrapolation.of(4, 32, times, reuse, 1.0 / 7).answers()).together())
        .isEqualTo(700 + 3000 * 8 + heads * 5, within(1e-9));
  }

  @Test
  void comparesQuestionsAboutOneImageWithQuestionsAskedAlone() {
    ReuseTimes reuse = new ReuseTimes(616, 40, same(2000), same(300), same(5000));

    assertThat(reuse.secondPercent()).isEqualTo(15, within(1e-9));
    assertThat(reuse.speedup()).isEqualTo(4, within(1e-9));
  }

  @Test
  void countsTheWeightsOfTheTrueModels() {
    // Parameters of LLaMA-7B with 32004 rows, projector included: 6,742,646,784; here one row
    // less, and the tower up to its 23rd layer.
    long decoder = 6_742_646_784L - 2 * 4096;
    long tower = RandomCheckpoint.bytes(BenchShape.V1_0_7B, 32) / 2 - decoder;

    // 23 of the 24 layers of CLIP ViT-L/14 hold 290 million parameters.
    assertThat(tower).isBetween(285_000_000L, 295_000_000L);
  }

  @ParameterizedTest
  @EnumSource(names = {"TINY", "TINY_V1_0"})
  void loadsWithATokenizerThatKnowsEveryText(BenchShape shape) throws IOException {
    RandomCheckpoint.write(shape, 1, directory);

    try (LoadedModel model = ModelLoader.load(directory, LoadOptions.defaults())) {
      LlavaConfig config = model.config();
      assertThat(config.languageModel().numHiddenLayers()).isEqualTo(1);
      assertThat(config.languageModel().vocabSize()).isEqualTo(shape.decoder().vocabSize());
      assertThat(model.tokenizer().size()).isEqualTo(shape.decoder().vocabSize());
      assertThat(model.tokenizer().encode("Hi! \u00e9")).doesNotContain(0);
      assertThat(config.imageFeatureCount()).isEqualTo(shape.tower().patches());
      float[] first = model.artifacts().weights().tensor(Q_PROJ).toFloats();
      assertThat(first).isNotEqualTo(model.artifacts().weights().tensor(O_PROJ).toFloats());
    }
  }

  private static Spread same(double millis) {
    return new Spread(millis, millis, millis);
  }

  private static PhaseTime phase(double millis) {
    return new PhaseTime(new Spread(millis, millis, millis), new Spread(millis, millis, millis));
  }
}
