package io.github.llavamed.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.IncompleteCheckpointException;
import io.github.llavamed.checkpoint.LoadReport;
import io.github.llavamed.checkpoint.LoadReport.Outcome;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.config.ConfigFixture;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.inference.ModelWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelLoaderTest {
  private static final int IDS = 32;
  private static final String STORED = "model.vision_tower.vision_tower.vision_model.";

  @TempDir Path root;

  private static LoadedModel load(Path directory) throws IOException {
    return load(directory, IDS, VisionTowerSource.Choice.AUTOMATIC);
  }

  private static LoadedModel load(Path directory, int ids, VisionTowerSource tower)
      throws IOException {
    return ModelLoader.load(
        directory, new FixedLengthTokenizer(ids), LoadOptions.defaults().withVisionTower(tower));
  }

  @Test
  void loadsEveryFamilyUnderCanonicalNames() throws IOException {
    Path v10 = new TinyCheckpoint(root.resolve("a"), ConfigFixture.v10()).write();
    Path v15 = new TinyCheckpoint(root.resolve("b"), ConfigFixture.v15()).write();
    Path hf = new TinyCheckpoint(root.resolve("c"), ConfigFixture.hf()).write();

    for (Path directory : new Path[] {v10, v15, hf}) {
      try (LoadedModel model = load(directory)) {
        assertThat(model.report().isComplete()).isTrue();
        assertThat(model.artifacts().weights().tensors())
            .containsKeys(
                "model.embed_tokens.weight",
                "model.layers.1.mlp.down_proj.weight",
                "model.norm.weight",
                "lm_head.weight",
                "model.mm_projector.0.weight",
                "vision_model.embeddings.class_embedding",
                "vision_model.encoder.layers.1.mlp.fc2.bias")
            .doesNotContainKey("vision_model.encoder.layers.2.mlp.fc2.bias")
            .allSatisfy((name, info) -> assertThat(info.name()).isEqualTo(name));
        assertThat(model.artifacts().weightsHash()).matches("[0-9a-f]{64}");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "language_model.model.norm.weight",
        "model.language_model.norm.weight",
        "model.vision_tower.embeddings.class_embedding"
      })
  void readsTheThreeLayoutsOfHuggingFace(String recognisedBy) throws IOException {
    TinyCheckpoint tiny = new TinyCheckpoint(root, ConfigFixture.hf(), Set.of(recognisedBy));

    try (LoadedModel model = load(tiny.write())) {
      assertThat(model.report().names(Outcome.USED)).contains(recognisedBy);
      assertThat(model.artifacts().weights().tensors()).hasSize(model.report().entries().size());
    }
  }

  @Test
  void refusesTensorsOfTwoLayoutsAtOnce() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.hf(), Set.of("language_model.model.norm.weight"))
            .with("model.language_model.norm.weight", 16)
            .write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining("1 unused (model.language_model.norm.weight)");
  }

  @Test
  void namesMissingAndUnusedTensors() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v15())
            .without("model.layers.1.self_attn.k_proj.weight")
            .with("model.layers.2.mlp.up_proj.weight", 24, 16)
            .with("model.extra", 3)
            .write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining("1 missing (model.layers.1.self_attn.k_proj.weight)")
        .hasMessageContaining("model.layers.2.mlp.up_proj.weight")
        .hasMessageContaining("model.extra");
  }

  @Test
  void namesTheTensorOfAWrongShape() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v15())
            .with("model.mm_projector.0.weight", 16, 9)
            .write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(ModelMismatchException.class)
        .hasMessage(
            "tensor 'model.mm_projector.0.weight' in "
                + directory.resolve("model.safetensors")
                + ": expected shape [16, 8], found [16, 9]");
  }

  @Test
  void refusesWeightsThatAreNotFloatingPoint() throws IOException {
    Path directory = new TinyCheckpoint(root, ConfigFixture.v15()).as(DType.I8).write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(ModelMismatchException.class)
        .hasMessageContaining("expected one of the types F16, BF16, F32, F64, found I8")
        .hasMessageContaining("more problems");
  }

  @Test
  void ignoresWhatIsNotNeededByNamedRules() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v10())
            .with("model.layers.0.self_attn.rotary_emb.inv_freq", 2)
            .withTower("vision_model.embeddings.position_ids", 1, 5)
            .withTower("vision_model.post_layernorm.weight", 8)
            .withTower("vision_model.encoder.layers.2.layer_norm1.weight", 8)
            .withTower("text_model.final_layer_norm.bias", 8)
            .withTower("visual_projection.weight", 4, 8)
            .withTower("logit_scale")
            .write();

    try (LoadedModel model = load(directory)) {
      assertThat(model.report().entries(Outcome.IGNORED))
          .extracting(LoadReport.Entry::name, LoadReport.Entry::detail)
          .extracting(Object::toString)
          .containsExactlyInAnyOrder(
              "(\"model.layers.0.self_attn.rotary_emb.inv_freq\", \"rotary frequencies are"
                  + " recomputed in float32\")",
              "(\"vision_model.embeddings.position_ids\", \"position ids are 0, 1, 2 …\")",
              "(\"vision_model.post_layernorm.weight\", \"the tower's final norm is never applied"
                  + " to hidden states\")",
              "(\"vision_model.encoder.layers.2.layer_norm1.weight\", \"tower layer beyond the"
                  + " selected one\")",
              "(\"text_model.final_layer_norm.bias\", \"text tower of CLIP\")",
              "(\"visual_projection.weight\", \"projection to CLIP's joint space\")",
              "(\"logit_scale\", \"temperature of CLIP's loss\")");
    }
  }

  @Test
  void refusesATowerLayerThatDoesNotExist() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v10())
            .withTower("vision_model.encoder.layers.3.layer_norm1.weight", 8)
            .write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining("vision_model.encoder.layers.3.layer_norm1.weight");
  }

  @Test
  void reportsATensorNameThatBothFilesUseWithItsFile() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v10()).withTower("lm_head.weight", 2).write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining("lm_head.weight (in the vision tower's own file)");
  }

  @Test
  void usesTheEmbeddingAsATiedHead() throws IOException {
    ObjectNode config = ConfigFixture.v15().put("tie_word_embeddings", true);
    Path absent = new TinyCheckpoint(root.resolve("a"), config).without("lm_head.weight").write();
    Path equal =
        new TinyCheckpoint(root.resolve("b"), config)
            .withEqual("lm_head.weight", "model.embed_tokens.weight")
            .write();
    Path different = new TinyCheckpoint(root.resolve("c"), config).write();

    for (Path directory : new Path[] {absent, equal}) {
      try (LoadedModel model = load(directory)) {
        ModelWeights weights = model.artifacts().weights();
        assertThat(weights.tensor("lm_head.weight").toFloats())
            .isEqualTo(weights.tensor("model.embed_tokens.weight").toFloats());
        assertThat(model.report().entries(Outcome.TIED))
            .containsExactly(
                new LoadReport.Entry("lm_head.weight", Outcome.TIED, "model.embed_tokens.weight"));
      }
    }
    assertThatThrownBy(() -> load(different))
        .isInstanceOf(ModelMismatchException.class)
        .hasMessageContaining("tensor 'lm_head.weight'")
        .hasMessageContaining("tie_word_embeddings is true");
  }

  @Test
  void refusesAnUntiedModelWithoutAHead() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v15()).without("lm_head.weight").write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining("1 missing (lm_head.weight)");
  }

  @Test
  void cutsRowsBeyondTheTokenizerOnlyForV15() throws IOException {
    Path v15 = new TinyCheckpoint(root.resolve("a"), ConfigFixture.v15()).write();
    Path v10 = new TinyCheckpoint(root.resolve("b"), ConfigFixture.v10()).write();
    Path hf = new TinyCheckpoint(root.resolve("c"), ConfigFixture.hf()).write();

    try (LoadedModel model = load(v15, 29, VisionTowerSource.Choice.AUTOMATIC)) {
      TensorData head = model.artifacts().weights().tensor("lm_head.weight");
      assertThat(head.info().shape()).isEqualTo(Shape.of(29, 16));
      assertThat(model.config().languageModel().vocabSize()).isEqualTo(29);
      assertThat(head.toFloats()).hasSize(29 * 16);
      assertThat(model.notes())
          .containsExactly("cut 3 of 32 embedding rows beyond the tokenizer's ids");
      assertThatThrownBy(() -> head.readFloats(28 * 16, new float[32], 0, 17))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("lm_head.weight");
      assertThatThrownBy(() -> head.readBytes(29L * 16 * 4 - 3, ByteBuffer.allocate(4)))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    for (Path directory : new Path[] {v10, hf}) {
      try (LoadedModel model = load(directory, 29, VisionTowerSource.Choice.AUTOMATIC)) {
        assertThat(model.config().languageModel().vocabSize()).isEqualTo(32);
        assertThat(model.notes()).isEmpty();
      }
    }
  }

  @Test
  void refusesMoreIdsThanRows() throws IOException {
    for (ObjectNode config :
        new ObjectNode[] {ConfigFixture.v10(), ConfigFixture.v15(), ConfigFixture.hf()}) {
      Path directory = new TinyCheckpoint(root, config).write();

      assertThatThrownBy(() -> load(directory, 33, VisionTowerSource.Choice.AUTOMATIC))
          .isInstanceOf(ModelMismatchException.class)
          .hasMessageContaining("tokenizer's 33 ids, found 32 rows");
    }
  }

  @Test
  void letsTheStoredRowsDecideAndSaysSo() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v10())
            .with("model.embed_tokens.weight", 35, 16)
            .with("lm_head.weight", 35, 16)
            .write();
    try (LoadedModel model = load(directory, 35, VisionTowerSource.Choice.AUTOMATIC)) {
      assertThat(model.config().languageModel().vocabSize()).isEqualTo(35);
      assertThat(model.notes()).singleElement().asString().contains("vocab_size is 32");
    }

    Path uneven =
        new TinyCheckpoint(root, ConfigFixture.v10()).with("lm_head.weight", 31, 16).write();
    assertThatThrownBy(() -> load(uneven))
        .isInstanceOf(ModelMismatchException.class)
        .hasMessageContaining("tensor 'lm_head.weight'")
        .hasMessageContaining("expected shape [32, 16], found [31, 16]");
  }

  @Test
  void prefersACompleteStoredTower() throws IOException {
    TinyCheckpoint tiny = new TinyCheckpoint(root, ConfigFixture.v15()).withStoredTower();

    try (LoadedModel stored = load(tiny.write());
        LoadedModel stock = load(tiny.write(), IDS, VisionTowerSource.Choice.STOCK);
        LoadedModel given =
            load(tiny.write(), IDS, new VisionTowerSource.Directory(tiny.tower()))) {
      assertThat(stored.visionTower().isFromCheckpoint()).isTrue();
      assertThat(stored.report().names(Outcome.USED))
          .contains(STORED + "embeddings.class_embedding");
      assertThat(stock.visionTower().directory()).isEqualTo(tiny.tower());
      assertThat(stock.report().entries(Outcome.IGNORED))
          .contains(
              new LoadReport.Entry(
                  STORED + "embeddings.class_embedding",
                  Outcome.IGNORED,
                  "stored vision tower: another one is used"));
      assertThat(stock.notes())
          .singleElement()
          .asString()
          .contains("differ from those of the tower in use");
      assertThat(given.artifacts().weightsHash())
          .isEqualTo(stock.artifacts().weightsHash())
          .isNotEqualTo(stored.artifacts().weightsHash());
    }
  }

  @Test
  void fallsBackToTheConfiguredTowerWhenTheStoredOneIsIncompleteAndSaysSo() throws IOException {
    TinyCheckpoint tiny =
        new TinyCheckpoint(root, ConfigFixture.v15())
            .withStoredTower()
            .without(STORED + "pre_layrnorm.bias");

    try (LoadedModel model = load(tiny.write())) {
      assertThat(model.visionTower().directory()).isEqualTo(tiny.tower());
      assertThat(model.visionTower().reason()).contains("lacks 1 of").contains("pre_layrnorm.bias");
    }
    assertThatThrownBy(() -> load(tiny.write(), IDS, VisionTowerSource.Choice.CHECKPOINT))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining("1 missing (" + STORED + "pre_layrnorm.bias)");
  }

  @Test
  void countsAStoredTowerAsCompleteUpToTheSelectedLayer() throws IOException {
    TinyCheckpoint tiny =
        new TinyCheckpoint(root, ConfigFixture.v15())
            .withStoredTower()
            .with(STORED + "post_layernorm.weight", 8);

    try (LoadedModel model = load(tiny.write())) {
      assertThat(model.visionTower().isFromCheckpoint()).isTrue();
    }
  }

  @Test
  void refusesAStoredTowerThatIsNotThere() throws IOException {
    Path directory = new TinyCheckpoint(root, ConfigFixture.v15()).write();

    assertThatThrownBy(() -> load(directory, IDS, VisionTowerSource.Choice.CHECKPOINT))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining(STORED + "embeddings.class_embedding");
  }

  @Test
  void saysWhatToPassWhenAPublishedTowerIsNotOnDisk() throws IOException {
    ObjectNode config =
        ConfigFixture.v15()
            .put("mm_vision_tower", "openai/clip-vit-base-patch32")
            .put("mm_hidden_size", 768);
    Path directory = new TinyCheckpoint(root, config).write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("vision tower 'openai/clip-vit-base-patch32'")
        .hasMessageContaining(directory.resolve("openai/clip-vit-base-patch32").toString())
        .hasMessageContaining("--vision-tower DIR");
  }

  @Test
  void hasNoStockTowerForHuggingFaceButTakesADirectory() throws IOException {
    Path directory = new TinyCheckpoint(root, ConfigFixture.hf()).write();
    TinyCheckpoint other = new TinyCheckpoint(root.resolve("other"), ConfigFixture.v15());
    other.write();

    assertThatThrownBy(() -> load(directory, IDS, VisionTowerSource.Choice.STOCK))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("--vision-tower checkpoint");
    try (LoadedModel model = load(directory, IDS, new VisionTowerSource.Directory(other.tower()))) {
      assertThat(model.visionTower().directory()).isEqualTo(other.tower());
      assertThat(model.report().names(Outcome.IGNORED))
          .contains("model.vision_tower.vision_model.embeddings.class_embedding");
    }
  }

  @Test
  void loadsTheTrunkOfBiomedClipUpToTheSelectedBlock() throws IOException {
    ObjectNode openClip = ConfigFixture.v10().objectNode();
    ConfigFixture.with(
        openClip,
        "model_cfg",
        "{\"vision_cfg\": {\"timm_model_name\": \"vit_base_patch16_224\", \"image_size\": 28,"
            + " \"patch_size\": 14, \"width\": 8, \"layers\": 5, \"heads\": 2, \"mlp_ratio\": 2}}");
    ConfigFixture.writeJson(root.resolve("tower/open_clip_config.json"), openClip);
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v10())
            .withTower("visual.trunk.norm.weight", 8)
            .withTower("visual.trunk.blocks.4.norm1.weight", 8)
            .withTower("visual.head.proj.weight", 4, 8)
            .withTower("text.proj.weight", 4, 8)
            .withTower("logit_scale")
            .write();

    try (LoadedModel model = load(directory)) {
      assertThat(model.artifacts().weights().tensors())
          .containsKeys("visual.trunk.cls_token", "visual.trunk.blocks.3.attn.qkv.weight")
          .doesNotContainKey("visual.trunk.blocks.4.norm1.weight");
      assertThat(model.report().names(Outcome.IGNORED))
          .containsExactlyInAnyOrder(
              "visual.trunk.norm.weight",
              "visual.trunk.blocks.4.norm1.weight",
              "visual.head.proj.weight",
              "text.proj.weight",
              "logit_scale");
    }
  }

  @Test
  void reportsMissingTensorsOfAHuggingFaceTower() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.hf(), Set.of("language_model.model.norm.weight"))
            .withoutAll("vision_tower")
            .write();

    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(IncompleteCheckpointException.class)
        .hasMessageContaining("vision_tower.vision_model.embeddings.class_embedding");
  }

  @Test
  void findsTheProcessorBesideTheTowerFirst() throws IOException {
    TinyCheckpoint tiny = new TinyCheckpoint(root, ConfigFixture.v15());
    Path directory = tiny.write();
    try (LoadedModel model = load(directory)) {
      assertThat(model.processorConfig()).isEmpty();
    }

    Path nested = directory.resolve("processor_config.json");
    Files.writeString(nested, "{\"image_processor\": {}}");
    try (LoadedModel model = load(directory)) {
      assertThat(model.processorConfig()).contains(nested);
    }
    Path own = Files.writeString(directory.resolve("preprocessor_config.json"), "{}");
    try (LoadedModel model = load(directory)) {
      assertThat(model.processorConfig()).contains(own);
    }
    Path tower = Files.writeString(tiny.tower().resolve("preprocessor_config.json"), "{}");
    try (LoadedModel model = load(directory)) {
      assertThat(model.processorConfig()).contains(tower);
    }
  }

  @Test
  void closesItsFiles() throws IOException {
    LoadedModel model = load(new TinyCheckpoint(root, ConfigFixture.v15()).write());
    TensorData norm = model.artifacts().weights().tensor("model.norm.weight");

    model.close();
    model.close();

    assertThatThrownBy(norm::toFloats).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesUnknownWeightNames() throws IOException {
    try (LoadedModel model = load(new TinyCheckpoint(root, ConfigFixture.v15()).write())) {
      assertThatThrownBy(() -> model.artifacts().weights().tensor("model.embed"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'model.embed'");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint", "stock", "some/dir"})
  void parsesTheOptionOfTheCommandLine(String text) {
    assertThat(VisionTowerSource.parse(text))
        .isEqualTo(
            switch (text) {
              case "checkpoint" -> VisionTowerSource.Choice.CHECKPOINT;
              case "stock" -> VisionTowerSource.Choice.STOCK;
              default -> new VisionTowerSource.Directory(Path.of("some/dir"));
            });
  }
}
