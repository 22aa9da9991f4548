package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.SaveStrategy;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole runs of the original: losses, gradient norms, moments, final weights. */
@Tag("golden")
class TrainingGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  // Tolerances of the golden folder's README: ten times what float32 differs from float64.
  private static final double LOSS = 2e-5;
  private static final double GRAD_NORM = 1e-4;
  private static final double WEIGHT = 2e-6;
  private static final double MOMENT = 1e-4;
  private static final double FINAL_RMS = 2e-6;
  private static final double FINAL_ELEMENT = 5e-4;
  private static final double FINAL_ELEMENT_LOW_RATE = 2e-5;
  private static final double BF16_LOSS = 0.03;
  private static final double BF16_GRAD_NORM = 0.05;
  private static final double BF16_FINAL_RMS = 5e-4;

  @TempDir private Path directory;

  static Stream<TrainingCase> cases() {
    return TrainingCase.all().stream().filter(TrainingCase::hasSteps);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void trainsLikeTheOriginal(TrainingCase expected) throws IOException {
    TrainingConfig.Builder config = expected.config(directory.resolve("out"), orderFile(expected));
    if (expected.isResumed()) {
      makeCheckpoint(expected);
    } else {
      config.saveStrategy(SaveStrategy.NO);
    }
    if (expected.processes() > 1) {
      // Ranks average their gradients: the same sum as more accumulation on one.
      TrainingConfig one = config.build();
      config
          .gradientAccumulationSteps(one.gradientAccumulationSteps() * expected.processes())
          .maxSteps(expected.expected().get("total_steps").longValue());
    }
    RunRecord record = new RunRecord(statSteps(expected));
    try (TrainingRun run = TrainingRun.open(config.build(), record)) {
      Map<String, float[]> initial = weights(run);
      run.inspect(record);
      checkPlan(expected, run.plan());
      run.run();
      checkSteps(expected, record);
      if (!expected.isBf16()) {
        checkStats(expected, record);
      }
      checkFinal(expected, run, initial);
    }
  }

  /** Runs the case that this one goes on with until its checkpoint. */
  private void makeCheckpoint(TrainingCase resumed) throws IOException {
    TrainingCase original = resumed.original();
    TrainingConfig config = original.config(directory.resolve("out"), orderFile(original)).build();
    RunRecord record = new RunRecord(Set.of());
    try (TrainingRun run = TrainingRun.open(config, record)) {
      run.runUntil(resumed.firstStep() - 1);
    }
    assertThat(record.saved).isNotEmpty();
  }

  private Path orderFile(TrainingCase expected) throws IOException {
    ArrayNode batches = JSON.createArrayNode();
    if (expected.isResumed()) {
      TrainingConfig config = expected.config(directory, directory).build();
      long samples = JSON.readTree(Files.readAllBytes(config.dataPath())).size();
      long perEpoch =
          (samples + config.perDeviceTrainBatchSize() - 1) / config.perDeviceTrainBatchSize();
      long stepsPerEpoch = Math.max(1, perEpoch / config.gradientAccumulationSteps());
      long done = expected.firstStep() - 1;
      long position =
          done / stepsPerEpoch * perEpoch
              + done % stepsPerEpoch * config.gradientAccumulationSteps();
      for (long i = 0; i < position; i++) {
        batches.addArray().add(0); // passed over
      }
    }
    perRank(expected.order().get("micro_batches"), expected.processes()).forEach(batches::add);
    ObjectNode file = JSON.createObjectNode();
    file.set("micro_batches", batches);
    Path path = directory.resolve(expected.name() + "-order.json");
    JSON.writeValue(path.toFile(), file);
    return path;
  }

  /** Lists of ranks become one list, in which ranks take turns. */
  private static List<JsonNode> perRank(JsonNode lists, int processes) {
    List<JsonNode> all = new ArrayList<>();
    if (processes == 1) {
      lists.forEach(all::add);
      return all;
    }
    for (int i = 0; i < lists.get(0).size(); i++) {
      for (JsonNode rank : lists) {
        all.add(rank.get(i));
      }
    }
    return all;
  }

  private static Set<Long> statSteps(TrainingCase expected) {
    Set<Long> steps = new TreeSet<>();
    expected.expected().get("stats").fieldNames().forEachRemaining(s -> steps.add(Long.valueOf(s)));
    return steps;
  }

  private static Map<String, float[]> weights(TrainingRun run) {
    Map<String, float[]> weights = new HashMap<>();
    for (String name : run.params().names()) {
      weights.put(DiskNames.V1_0.toDisk(name), TensorTransfer.toFloats(run.params().get(name)));
    }
    return weights;
  }

  private static void checkPlan(TrainingCase expected, TrainingPlan plan) {
    JsonNode json = expected.expected();
    List<String> trainable = new ArrayList<>();
    json.get("trainable").forEach(name -> trainable.add(name.asText()));
    assertThat(plan.trainable()).containsExactlyElementsOf(trainable);
    assertThat(plan.totalSteps()).isEqualTo(json.get("total_steps").longValue());
    assertThat(plan.firstStep()).isEqualTo(expected.firstStep());
    for (JsonNode name : json.get("param_groups").get(0).get("params")) {
      assertThat(AdamW.decays(name.asText())).as(name.asText()).isTrue();
    }
    for (JsonNode name : json.get("param_groups").path(1).path("params")) {
      assertThat(AdamW.decays(name.asText())).as(name.asText()).isFalse();
    }
  }

  private static void checkSteps(TrainingCase expected, RunRecord record) {
    double tolerance = expected.isBf16() ? BF16_LOSS : LOSS;
    JsonNode steps = expected.expected().get("steps");
    assertThat(record.steps).hasSize(steps.size()).isNotEmpty();
    List<JsonNode> micro = perRank(expected.expected().get("micro"), expected.processes());
    assertThat(record.losses).hasSize(micro.size());
    for (int i = 0; i < micro.size(); i++) {
      JsonNode one = micro.get(i);
      assertThat(record.trainedTokens.get(i)).isEqualTo(one.get("trained_tokens").intValue());
      assertThat(record.lengths.get(i)).isEqualTo(one.get("length").intValue());
      assertThat(record.losses.get(i))
          .as("loss of micro-batch %d", i)
          .isCloseTo(one.get("loss").doubleValue(), within(tolerance));
    }
    for (int i = 0; i < steps.size(); i++) {
      JsonNode one = steps.get(i);
      var found = record.steps.get(i);
      assertThat(found.step()).isEqualTo(one.get("step").longValue());
      double rate = one.get("lr").doubleValue();
      assertThat(found.learningRate()).as("lr").isCloseTo(rate, within(1e-12 * rate));
      assertThat(found.loss())
          .as("loss of step %d", i + 1)
          .isCloseTo(one.get("step_loss").doubleValue(), within(tolerance));
      if (!one.get("grad_norm").isNull()) {
        assertThat(found.gradNorm())
            .as("gradient norm of step %d", i + 1)
            .isCloseTo(
                one.get("grad_norm").doubleValue(),
                withinPercentage(100 * (expected.isBf16() ? BF16_GRAD_NORM : GRAD_NORM)));
      }
    }
  }

  private static void checkStats(TrainingCase expected, RunRecord record) {
    JsonNode gradients = expected.expected().path("grad_step1_before_clip");
    if (expected.firstStep() == 1) {
      check("gradient", record.firstGradients, gradients, MOMENT);
    }
    for (long step : statSteps(expected)) {
      JsonNode json = expected.expected().get("stats").get(String.valueOf(step));
      check("step " + step, record.weights.get(step), json.get("weights"), WEIGHT);
      JsonNode optimizer = json.get("optimizer");
      ObjectNode expAvg = JSON.createObjectNode();
      ObjectNode expAvgSq = JSON.createObjectNode();
      for (var entry : optimizer.properties()) {
        expAvg.set(entry.getKey(), entry.getValue().get("exp_avg"));
        expAvgSq.set(entry.getKey(), entry.getValue().get("exp_avg_sq"));
      }
      check("exp_avg at " + step, record.expAvgs.get(step), expAvg, MOMENT);
      check("exp_avg_sq at " + step, record.expAvgSqs.get(step), expAvgSq, MOMENT);
    }
  }

  private static void check(
      String what, Map<String, RunRecord.Stats> found, JsonNode expected, double tolerance) {
    assertThat(expected.size()).isPositive();
    for (var entry : expected.properties()) {
      RunRecord.Stats stats = found.get(entry.getKey());
      double absSum = entry.getValue().get(1).doubleValue();
      double l2 = entry.getValue().get(2).doubleValue();
      String name = what + ", " + entry.getKey();
      assertThat(stats).as(name).isNotNull();
      assertThat(stats.l2()).as(name).isCloseTo(l2, within(tolerance * l2));
      Offset<Double> sums = within(tolerance * absSum);
      assertThat(stats.sum()).as(name).isCloseTo(entry.getValue().get(0).doubleValue(), sums);
      assertThat(stats.absSum()).as(name).isCloseTo(absSum, sums);
    }
  }

  private static void checkFinal(
      TrainingCase expected, TrainingRun run, Map<String, float[]> initial) throws IOException {
    double element = run.learningRate() <= 2e-5 ? FINAL_ELEMENT_LOW_RATE : FINAL_ELEMENT;
    Map<String, float[]> found = weights(run);
    Set<String> changed = new TreeSet<>();
    expected.expected().get("final_changed").forEach(name -> changed.add(name.asText()));
    assertThat(changed).isNotEmpty();
    try (Checkpoint file = expected.open("final.safetensors")) {
      assertThat(file.tensors().keySet()).containsExactlyInAnyOrderElementsOf(changed);
      for (String name : changed) {
        float[] wanted = file.tensor(name).toFloats();
        float[] mine = found.remove(name);
        double squares = 0;
        double worst = 0;
        for (int i = 0; i < wanted.length; i++) {
          double difference = Math.abs((double) mine[i] - wanted[i]);
          worst = Math.max(worst, difference);
          squares += difference * difference;
        }
        assertThat(Math.sqrt(squares / wanted.length))
            .as("%s: RMS of the difference", name)
            .isLessThan(expected.isBf16() ? BF16_FINAL_RMS : FINAL_RMS);
        if (!expected.isBf16()) {
          assertThat(worst).as("%s: largest difference", name).isLessThan(element);
        }
      }
    }
    found.forEach((name, values) -> assertThat(values).as(name).isEqualTo(initial.get(name)));
  }
}
