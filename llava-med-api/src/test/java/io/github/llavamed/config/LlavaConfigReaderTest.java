package io.github.llavamed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.config.VisionTowerConfig.Type;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlavaConfigReaderTest {
  @TempDir Path root;

  private ConfigReport report(ObjectNode config) throws IOException {
    return LlavaConfigReader.read(ConfigFixture.write(root, config), ConfigOptions.defaults());
  }

  private LlavaConfig read(ObjectNode config) throws IOException {
    return report(config).config();
  }

  @Test
  void readsV10WithItsDefaults() throws IOException {
    LlavaConfig config = read(ConfigFixture.v10());

    assertThat(config.family()).isEqualTo(ModelFamily.LLAVA_V1_0);
    assertThat(config.languageModel())
        .isEqualTo(
            new LanguageModelConfig(
                "llama",
                16,
                24,
                2,
                4,
                4,
                4,
                Activation.SILU,
                1e-6f,
                10000.0,
                2048,
                null,
                32,
                false,
                1,
                List.of(2),
                null));
    assertThat(config.projector())
        .isEqualTo(new ProjectorConfig("linear", 1, 8, 16, true, Activation.GELU));
    assertThat(config.featureSelection()).isEqualTo(new FeatureSelection(-2, true));
    assertThat(config.imageFeatureCount()).isEqualTo(4);
    assertThat(config.mmUseImStartEnd()).isTrue();
    assertThat(config.mmUseImPatchToken()).isTrue();
    assertThat(config.contextLength()).isEqualTo(2048);
    assertThat(config.imageAspect()).isEqualTo(ImageAspect.SQUARE);
  }

  @Test
  void readsV15WithItsDefaults() throws IOException {
    LlavaConfig config = read(ConfigFixture.v15());

    assertThat(config.family()).isEqualTo(ModelFamily.LLAVA_V1_5);
    assertThat(config.languageModel())
        .isEqualTo(
            new LanguageModelConfig(
                "mistral",
                16,
                24,
                2,
                4,
                2,
                4,
                Activation.SILU,
                1e-6f,
                10000.0,
                131072,
                null,
                32,
                false,
                1,
                List.of(2),
                null));
    assertThat(config.visionTower())
        .isEqualTo(
            new VisionTowerConfig(Type.CLIP, 8, 12, 3, 2, 28, 14, 1e-5f, Activation.QUICK_GELU));
    assertThat(config.projector())
        .isEqualTo(new ProjectorConfig("mlp2x_gelu", 2, 8, 16, true, Activation.GELU));
    assertThat(config.tokenizerModelMaxLength()).isNull();
    assertThat(config.tokenizerPaddingSide()).isEqualTo(PaddingSide.RIGHT);
    assertThat(config.mmUseImPatchToken()).isFalse();
  }

  @Test
  void keepsTheLibrarysWindowAndHeadsWhenMistralKeysAreAbsent() throws IOException {
    ObjectNode absent = ConfigFixture.v15().put("num_attention_heads", 8);
    absent.remove(List.of("sliding_window", "num_key_value_heads", "mm_use_im_patch_token"));
    ObjectNode explicitNull = ConfigFixture.v15().putNull("num_key_value_heads");

    LlavaConfig config = read(absent);

    assertThat(config.languageModel().slidingWindow()).isEqualTo(4096);
    assertThat(config.languageModel().numKeyValueHeads()).isEqualTo(8);
    assertThat(config.mmUseImPatchToken()).isTrue();
    assertThat(read(explicitNull).languageModel().numKeyValueHeads()).isEqualTo(4);
  }

  @Test
  void readsHfWithTheDefaultsOfItsNestedTypes() throws IOException {
    ObjectNode bare = ConfigFixture.hf();
    bare.set(
        "text_config", bare.objectNode().put("model_type", "mistral").put("vocab_size", 32064));
    bare.remove(List.of("vision_config", "image_token_index"));

    LlavaConfig config = read(bare);

    assertThat(config.languageModel())
        .isEqualTo(
            new LanguageModelConfig(
                "mistral",
                4096,
                14336,
                32,
                32,
                8,
                128,
                Activation.SILU,
                1e-6f,
                10000.0,
                131072,
                4096,
                32064,
                false,
                1,
                List.of(2),
                null));
    assertThat(config.visionTower().hiddenSize()).isEqualTo(1024);
    assertThat(config.visionTower().imageSize()).isEqualTo(336);
    assertThat(config.imageTokenId()).isEqualTo(32000);
    assertThat(config.contextLength()).isEqualTo(131072);
  }

  @Test
  void fillsAbsentVisionKeysWithClipDefaults() throws IOException {
    ObjectNode config = ConfigFixture.hf();
    config.putObject("vision_config");

    assertThat(read(config).visionTower())
        .isEqualTo(
            new VisionTowerConfig(
                Type.CLIP, 768, 3072, 12, 12, 224, 32, 1e-5f, Activation.QUICK_GELU));
  }

  @Test
  void readsTheNewNamesOfHfKeys() throws IOException {
    ObjectNode config = ConfigFixture.hf();
    config.remove("image_token_index");
    config.put("image_token_id", 7).put("dtype", "bfloat16").put("pad_token_id", 3);
    ConfigFixture.with(
        config, "text_config.rope_parameters", "{\"rope_theta\": 5e5, \"rope_type\": \"default\"}");
    ConfigFixture.with(config, "vision_feature_select_strategy", "\"full\"");
    ConfigFixture.with(config, "multimodal_projector_bias", "false");

    LlavaConfig read = read(config);

    assertThat(read.imageTokenId()).isEqualTo(7);
    assertThat(read.torchDtype()).isEqualTo("bfloat16");
    assertThat(read.languageModel().ropeTheta()).isEqualTo(5e5);
    assertThat(read.languageModel().padTokenId()).isEqualTo(3);
    assertThat(read.projector().bias()).isFalse();
    assertThat(read.imageFeatureCount()).isEqualTo(5);
  }

  @Test
  void tiesHfHeadsWhenEitherConfigurationSaysSo() throws IOException {
    assertThat(read(ConfigFixture.hf()).languageModel().tieWordEmbeddings()).isFalse();
    assertThat(
            read(ConfigFixture.hf().put("tie_word_embeddings", true))
                .languageModel()
                .tieWordEmbeddings())
        .isTrue();
    assertThat(
            read(ConfigFixture.with(ConfigFixture.hf(), "text_config.tie_word_embeddings", "true"))
                .languageModel()
                .tieWordEmbeddings())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"linear,1", "mlp0x_gelu,1", "mlp1x_gelu,1", "mlp3x_gelu,3", "mlp12x_gelu,12"})
  void readsProjectorDepths(String type, int depth) throws IOException {
    assertThat(read(ConfigFixture.v15().put("mm_projector_type", type)).projector().depth())
        .isEqualTo(depth);
  }

  @Test
  void readsTheIdentityProjectorOnlyForEqualWidths() throws IOException {
    ObjectNode equal = ConfigFixture.v15().put("mm_projector_type", "identity");
    equal.put("hidden_size", 8).put("num_attention_heads", 4);

    assertThat(read(equal).projector().depth()).isZero();
    assertThatThrownBy(() -> read(ConfigFixture.v15().put("mm_projector_type", "identity")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("mm_hidden_size = hidden_size, found 8 and 16");
  }

  @Test
  void cutsNothingWhenTheTokenizerLengthExceedsAnInt() throws IOException {
    ObjectNode config = ConfigFixture.v15();
    ConfigFixture.with(config, "tokenizer_model_max_length", "1000000000000000019884624838656");

    assertThat(read(config).tokenizerModelMaxLength()).isNull();
    assertThat(read(config.put("tokenizer_model_max_length", 77)).tokenizerModelMaxLength())
        .isEqualTo(77);
  }

  @Test
  void saysWhenAnAspectHasNoEffect() throws IOException {
    ConfigReport report = report(ConfigFixture.v15().put("image_aspect_ratio", "anyres"));

    assertThat(report.config().imageAspect()).isEqualTo(ImageAspect.SQUARE);
    assertThat(report.notes()).singleElement().asString().contains("'anyres' is read as 'square'");
  }

  @Test
  void listsUnknownKeysOnly() throws IOException {
    ObjectNode config = ConfigFixture.hf().put("mystery", 1).put("use_cache", true);
    ConfigFixture.with(config, "text_config.logit_softcap", "30.0");

    assertThat(report(config).unknownKeys())
        .containsExactly("mystery", "text_config.logit_softcap");
    assertThat(report(ConfigFixture.v15()).unknownKeys()).isEmpty();
  }

  @Test
  void decidesTheFamilyByWhatTheConfigurationSays() throws IOException {
    ObjectNode withoutType = ConfigFixture.v15();
    withoutType.remove("model_type");
    ObjectNode nested = ConfigFixture.hf();
    nested.remove("architectures");

    assertThat(read(withoutType).family()).isEqualTo(ModelFamily.LLAVA_V1_5);
    assertThat(read(nested).family()).isEqualTo(ModelFamily.HF_LLAVA);
    Path misleading = root.resolve("llava-med-v1.5-mistral/checkpoint");
    ConfigFixture.writeJson(misleading.resolve("config.json"), ConfigFixture.v10());
    ConfigFixture.writeJson(misleading.resolve("../tower/config.json"), ConfigFixture.tower());
    assertThat(LlavaConfigReader.read(misleading).family()).isEqualTo(ModelFamily.LLAVA_V1_0);
  }

  @Test
  void usesKnownSizesOfPublishedTowersThatAreNotOnDisk() throws IOException {
    ObjectNode clip =
        ConfigFixture.v15().put("mm_vision_tower", "openai/clip-vit-large-patch14-336");
    ObjectNode biomed = ConfigFixture.v10().put("mm_vision_tower", "somewhere/BIOMED_CLIP");

    ConfigReport report = report(clip.put("mm_hidden_size", 1024));

    assertThat(report.config().imageFeatureCount()).isEqualTo(576);
    assertThat(report.tower().directory()).isNull();
    assertThat(report.tower().searched())
        .containsExactly(root.resolve("checkpoint/openai/clip-vit-large-patch14-336"));
    VisionTowerConfig tower = read(biomed.put("mm_hidden_size", 768)).visionTower();
    assertThat(tower.type()).isEqualTo(Type.BIOMED_CLIP);
    assertThat(tower.layerNormEps()).isEqualTo(1e-6f);
    assertThat(tower.patchCount()).isEqualTo(196);
  }

  @Test
  void findsTowersInSearchRootsAndHubCaches() throws IOException {
    Path checkpoint =
        ConfigFixture.write(root, ConfigFixture.v15().put("mm_vision_tower", "org/tiny"));
    Path cached = root.resolve("hub/models--org--tiny/snapshots/abc123");
    ConfigFixture.writeJson(cached.resolve("config.json"), ConfigFixture.tower());
    Path main = root.resolve("hub/models--org--tiny/refs/main");
    Files.createDirectories(main.getParent());
    Files.writeString(main, "abc123");
    ConfigOptions options =
        ConfigOptions.defaults().withSearchRoots(List.of(root.resolve("a"), root.resolve("hub")));

    assertThat(LlavaConfigReader.read(checkpoint, options).tower().directory()).isEqualTo(cached);
    Path direct = root.resolve("a/org/tiny");
    ConfigFixture.writeJson(direct.resolve("config.json"), ConfigFixture.tower());
    assertThat(LlavaConfigReader.read(checkpoint, options).tower().directory()).isEqualTo(direct);
  }

  @Test
  void saysWhereAnUnknownTowerWasLookedFor() {
    assertThatThrownBy(() -> read(ConfigFixture.v15().put("mm_vision_tower", "org/nothing")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("vision tower 'org/nothing'")
        .hasMessageContaining(root.resolve("checkpoint/org/nothing").toString())
        .hasMessageContaining("--vision-tower DIR");
  }

  @Test
  void prefersTheGivenTowerDirectory() throws IOException {
    Path given = root.resolve("given");
    ConfigFixture.writeJson(
        given.resolve("config.json"), ConfigFixture.tower().put("image_size", 42));
    ConfigOptions options = ConfigOptions.defaults().withVisionTowerDirectory(given);

    ConfigReport v15 =
        LlavaConfigReader.read(ConfigFixture.write(root, ConfigFixture.v15()), options);
    ConfigReport hf =
        LlavaConfigReader.read(ConfigFixture.write(root, ConfigFixture.hf()), options);

    assertThat(v15.config().imageFeatureCount()).isEqualTo(9);
    assertThat(hf.config().imageFeatureCount()).isEqualTo(9);
    assertThat(hf.tower().directory()).isEqualTo(given);
  }

  @Test
  void readsTowersOfWholeClipModelsAndOfOpenClip() throws IOException {
    ObjectNode whole = ConfigFixture.with(ConfigFixture.v15(), "unused", "{}").objectNode();
    whole.put("model_type", "clip").set("vision_config", ConfigFixture.tower());
    Path checkpoint = ConfigFixture.write(root, ConfigFixture.v15());
    ConfigFixture.writeJson(root.resolve("tower/config.json"), whole);
    assertThat(LlavaConfigReader.read(checkpoint).visionTower().hiddenSize()).isEqualTo(8);

    ObjectNode open = whole.objectNode();
    ConfigFixture.with(
        open,
        "model_cfg",
        "{\"vision_cfg\": {\"timm_model_name\": \"vit_base_patch16_224\", \"image_size\": 224}}");
    ConfigFixture.writeJson(root.resolve("trunk/open_clip_config.json"), open);
    ObjectNode v10 = ConfigFixture.v10().put("mm_vision_tower", "../trunk");
    assertThat(read(v10.put("mm_hidden_size", 768)).visionTower())
        .isEqualTo(
            new VisionTowerConfig(
                Type.BIOMED_CLIP, 768, 3072, 12, 12, 224, 16, 1e-6f, Activation.GELU));
  }

  @Test
  void refusesAnUnknownTimmModel() {
    ObjectNode open = ConfigFixture.v10().objectNode();
    ConfigFixture.with(open, "model_cfg", "{\"vision_cfg\": {\"timm_model_name\": \"vit_huge\"}}");
    ConfigFixture.writeJson(root.resolve("trunk/open_clip_config.json"), open);

    assertThatThrownBy(() -> read(ConfigFixture.v10().put("mm_vision_tower", "../trunk")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("open_clip_config.json: key 'model_cfg.vision_cfg.timm_model_name'")
        .hasMessageContaining("'vit_base_patch16_224'");
  }

  @Test
  void addsAVisionTowerOnlyWhenAskedAndInMemoryOnly() throws IOException {
    ObjectNode config = ConfigFixture.v10();
    config.remove(List.of("mm_vision_tower", "use_mm_proj", "mm_hidden_size"));
    Path checkpoint = ConfigFixture.write(root, config);
    byte[] before = Files.readAllBytes(checkpoint.resolve("config.json"));

    assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("config without vision tower")
        .hasMessageContaining("ADD_VISION_TOWER");
    ConfigReport repaired =
        LlavaConfigReader.read(
            checkpoint,
            ConfigOptions.defaults().withRepairs(Set.of(ConfigRepair.ADD_VISION_TOWER)));

    assertThat(repaired.config().visionTowerName()).isEqualTo("openai/clip-vit-large-patch14");
    assertThat(repaired.config().projector().inputSize()).isEqualTo(1024);
    assertThat(repaired.notes()).singleElement().asString().contains("repaired in memory");
    assertThat(Files.readAllBytes(checkpoint.resolve("config.json"))).isEqualTo(before);
  }

  @Test
  void upgradesAnOldModelTypeOnlyWhenAsked() throws IOException {
    ObjectNode config = ConfigFixture.v10().put("model_type", "llama");
    Path checkpoint = ConfigFixture.write(root, config);
    ConfigOptions options =
        ConfigOptions.defaults().withRepairs(Set.of(ConfigRepair.UPGRADE_MODEL_TYPE));

    assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
        .hasMessageContaining("key 'model_type' is \"llama\"")
        .hasMessageContaining("'llava_mistral'")
        .hasMessageContaining("UPGRADE_MODEL_TYPE");
    ConfigReport report = LlavaConfigReader.read(checkpoint, options);
    assertThat(report.config().family()).isEqualTo(ModelFamily.LLAVA_V1_0);
    assertThat(report.notes()).hasSize(1);
    config.putArray("architectures").add("A").add("B");
    ConfigFixture.write(root, config);
    assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint, options))
        .hasMessageContaining("exactly one class");
  }

  @Test
  void saysThatConfigJsonIsMissing() {
    assertThatThrownBy(() -> LlavaConfigReader.read(root))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(root.resolve("config.json").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "{",
        "{\"a\": 1} {\"b\": 2}",
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": NaN}",
        "<html></html>",
        "version https://git-lfs.github.com/spec/v1"
      })
  void refusesWhatIsNotOneJsonObject(String text) throws IOException {
    Path file = Files.writeString(root.resolve("config.json"), text);

    assertThatThrownBy(() -> LlavaConfigReader.read(root))
        .isInstanceOf(MalformedConfigException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("expected");
  }

  @Test
  void refusesFilesBeyondTheLimits() throws IOException {
    Files.writeString(
        root.resolve("config.json"), "{\"a\": " + "[".repeat(40) + "]".repeat(40) + "}");
    assertThatThrownBy(() -> LlavaConfigReader.read(root))
        .isInstanceOf(MalformedConfigException.class)
        .hasMessageContaining("depth");

    Files.writeString(root.resolve("config.json"), "{\"a\": \"" + "x".repeat(5 << 20) + "\"}");
    assertThatThrownBy(() -> LlavaConfigReader.read(root))
        .isInstanceOf(MalformedConfigException.class)
        .hasMessageContaining("at most 4194304 bytes");
  }

  @Test
  void readsTheTowerOfAV15CheckpointFromItsOwnConfigurationWhereNoDirectoryIs() throws IOException {
    ObjectNode config = ConfigFixture.v15().put("mm_vision_tower", "a-tower-of-its-own");
    config.set("vision_config", ConfigFixture.tower().put("hidden_size", 8));

    VisionTowerConfig tower = read(config).visionTower();

    assertThat(tower.numHiddenLayers()).isEqualTo(3);
    assertThat(tower.imageSize()).isEqualTo(28);
  }
}
