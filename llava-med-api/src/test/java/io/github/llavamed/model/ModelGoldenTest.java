package io.github.llavamed.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.checkpoint.LoadReport.Outcome;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loads every golden checkpoint and accounts for each of its tensors. */
@Tag("golden")
class ModelGoldenTest {
  /** A checkpoint directory of a case. */
  record Case(Path folder, Path checkpoint) {
    JsonNode expected() {
      return GoldenFolder.json(folder.resolve("expected.json"));
    }

    /** Loads with a tokenizer of the recorded length, so that tokenizer files do not matter. */
    LoadedModel load(VisionTowerSource tower) throws IOException {
      int length = expected().path("tokenizer_length").intValue();
      return ModelLoader.load(
          checkpoint,
          new FixedLengthTokenizer(length),
          LoadOptions.defaults().withVisionTower(tower));
    }

    @Override
    public String toString() {
      return folder.getFileName() + "/" + checkpoint.getFileName();
    }
  }

  static Stream<Case> cases() {
    Path golden = GoldenFolder.of("model");
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : GoldenFolder.json(golden.resolve("manifest.json")).path("cases")) {
      Path folder = golden.resolve(node.path("dir").textValue());
      for (String name : List.of("checkpoint", "checkpoint-v5")) {
        if (Files.isRegularFile(folder.resolve(name).resolve("config.json"))) {
          cases.add(new Case(folder, folder.resolve(name)));
        }
      }
    }
    return cases.stream();
  }

  @Test
  void findsCases() {
    assertThat(cases()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void accountsForEveryTensor(Case golden) throws IOException {
    try (LoadedModel model = golden.load(VisionTowerSource.Choice.AUTOMATIC)) {
      assertThat(model.report().isComplete()).isTrue();
      assertThat(model.report().names(Outcome.USED))
          .hasSameSizeAs(model.artifacts().weights().tensors().keySet());
      JsonNode expected = golden.expected();
      int rows = expected.path("embedding_rows_after_load").asInt(expected.path("rows").asInt());
      assertThat(model.config().languageModel().vocabSize()).isEqualTo(rows);
      assertThat(model.artifacts().weights().tensors().get("lm_head.weight").shape().dim(0))
          .isEqualTo(rows);
      assertThat(model.processorConfig().isPresent())
          .isEqualTo(!golden.checkpoint().endsWith("checkpoint-v5"));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void knowsAsManyTokensAsTheOriginal(Case golden) throws IOException {
    try (LoadedModel model = ModelLoader.load(golden.checkpoint(), LoadOptions.defaults())) {
      Tokenizer tokenizer = model.tokenizer();
      JsonNode expected = golden.expected();

      assertThat(tokenizer.size()).isEqualTo(expected.path("tokenizer_length").intValue());
      JsonNode ids = expected.path("ids");
      for (String name : List.of("im_patch", "im_start", "im_end")) {
        if (ids.path(name).isInt()) {
          assertThat(tokenizer.idOf("<" + name + ">"))
              .isEqualTo(OptionalInt.of(ids.path(name).intValue()));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void choosesTheTowerThatIsAskedFor(Case golden) throws IOException {
    JsonNode expected = golden.expected();
    boolean hasOwnFolder = expected.has("vision_tower");
    boolean stored = !hasOwnFolder || expected.hasNonNull("checkpoint_tower_variant");
    try (LoadedModel automatic = golden.load(VisionTowerSource.Choice.AUTOMATIC)) {
      assertThat(automatic.visionTower().isFromCheckpoint()).isEqualTo(stored);
      if (!hasOwnFolder) {
        assertThat(automatic.config().family()).isEqualTo(ModelFamily.HF_LLAVA);
        return;
      }
      Path folder = golden.folder().resolve(expected.path("vision_tower").textValue());
      try (LoadedModel stock = golden.load(VisionTowerSource.Choice.STOCK);
          LoadedModel given = golden.load(new VisionTowerSource.Directory(folder))) {
        assertThat(stock.visionTower().directory()).isNotNull();
        assertThat(Files.isSameFile(stock.visionTower().directory(), folder)).isTrue();
        assertThat(given.artifacts().weightsHash()).isEqualTo(stock.artifacts().weightsHash());
        assertThat(automatic.artifacts().weightsHash().equals(stock.artifacts().weightsHash()))
            .isEqualTo(!stored);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void inspectsWithoutProblems(Case golden) throws IOException {
    ModelInspection seen = ModelInspection.of(golden.checkpoint(), LoadOptions.defaults());

    assertThat(seen.problems()).isEmpty();
    assertThat(seen.isLoadable()).isTrue();
    assertThat(seen.missing()).isEmpty();
    assertThat(seen.unused()).isEmpty();
    assertThat(seen.tokenizerLength())
        .isEqualTo(golden.expected().path("tokenizer_length").intValue());
    Path added = golden.checkpoint().resolve("added_tokens.json");
    if (Files.isRegularFile(added)) {
      GoldenFolder.json(added)
          .properties()
          .forEach(
              entry ->
                  assertThat(seen.addedTokens())
                      .containsEntry(entry.getKey(), entry.getValue().intValue()));
    }
    assertThat(seen.totalBytes()).isPositive();
  }

  @Test
  void givesTheV5NamesTheSameWeights() throws IOException {
    List<Case> renamed =
        cases().filter(golden -> golden.checkpoint().endsWith("checkpoint-v5")).toList();
    assertThat(renamed).isNotEmpty();
    for (Case golden : renamed) {
      Case classic = new Case(golden.folder(), golden.folder().resolve("checkpoint"));
      try (LoadedModel v5 = golden.load(VisionTowerSource.Choice.AUTOMATIC);
          LoadedModel v4 = classic.load(VisionTowerSource.Choice.AUTOMATIC)) {
        assertThat(v5.artifacts().weightsHash()).isEqualTo(v4.artifacts().weightsHash());
      }
    }
  }
}
