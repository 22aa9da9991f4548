package io.github.llavamed.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerRules;
import io.github.llavamed.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A case of the golden folder {@code model}: what prompts need to know of it.
 *
 * @param directory its folder
 * @param expected its expected values
 * @param family its family
 * @param config its checkpoint's {@code config.json}
 */
public record GoldenModel(Path directory, JsonNode expected, ModelFamily family, JsonNode config) {
  /** Returns the cases that are models, sorted by name. */
  public static List<GoldenModel> all() {
    try (Stream<Path> folders = Files.list(GoldenFolder.of("model"))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("checkpoint/config.json")))
          .sorted()
          .map(GoldenModel::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenModel of(Path folder) {
    JsonNode config = GoldenFolder.json(folder.resolve("checkpoint/config.json"));
    ModelFamily family =
        switch (config.get("model_type").asText()) {
          case "llava_mistral" -> ModelFamily.LLAVA_V1_5;
          case "llava" -> config.has("text_config") ? ModelFamily.HF_LLAVA : ModelFamily.LLAVA_V1_0;
          default -> throw new IllegalStateException("no family for " + config.get("model_type"));
        };
    return new GoldenModel(
        folder, GoldenFolder.json(folder.resolve("expected.json")), family, config);
  }

  /** Returns the name of the folder. */
  public String name() {
    return directory.getFileName().toString();
  }

  @Override
  public String toString() {
    return name();
  }

  /** Returns whether images are wrapped in marker tokens. */
  public boolean markers() {
    return config.path("mm_use_im_start_end").asBoolean(false);
  }

  /** Returns the tokenizer with the tokens that the original adds on load. */
  public Tokenizer tokenizer() {
    Path checkpoint = directory.resolve("checkpoint");
    return switch (family) {
      case LLAVA_V1_0 -> GoldenTokenizers.load(checkpoint, TokenizerRules.V1_0_SLOW);
      // The expected ids were made with the slow one: the saved tokenizer.json has no dummy prefix.
      case HF_LLAVA -> GoldenTokenizers.load(checkpoint, TokenizerRules.HF_SLOW);
      case LLAVA_V1_5 -> {
        List<AddedToken> added = new ArrayList<>();
        if (config.path("mm_use_im_patch_token").asBoolean(true)) {
          added.add(AddedToken.of("<im_patch>", true));
        }
        if (markers()) {
          added.add(AddedToken.of("<im_start>", true));
          added.add(AddedToken.of("<im_end>", true));
        }
        yield Tokenizers.withAddedTokens(
            GoldenTokenizers.load(checkpoint, TokenizerRules.V1_5_FAST), added);
      }
    };
  }

  /** Returns a configuration with the case's image size and prompt settings. */
  public LlavaConfig promptConfig() {
    JsonNode maxLength = config.get("tokenizer_model_max_length");
    return promptConfig(maxLength == null || maxLength.isNull() ? null : maxLength.intValue());
  }

  /** Returns the same with another {@code tokenizer_model_max_length}. */
  public LlavaConfig promptConfig(@Nullable Integer maxLength) {
    boolean classToken =
        config.path("mm_vision_select_feature").asText().equals("cls_patch")
            || config.path("vision_feature_select_strategy").asText().equals("full");
    Integer imageTokenId =
        config.has("image_token_index") ? config.get("image_token_index").intValue() : null;
    return TestConfigs.of(family, side(), !classToken, markers(), imageTokenId, maxLength);
  }

  private int side() {
    if (expected.has("image_token_len")) {
      return (int) Math.round(Math.sqrt(expected.get("image_token_len").intValue()));
    }
    JsonNode vision = family == ModelFamily.HF_LLAVA ? config.get("vision_config") : stockTower();
    return vision.get("image_size").intValue() / vision.get("patch_size").intValue();
  }

  private JsonNode stockTower() {
    Path tower = directory.resolve("checkpoint").resolve(config.get("mm_vision_tower").asText());
    JsonNode json = GoldenFolder.json(tower.normalize().resolve("config.json"));
    return json.has("vision_config") ? json.get("vision_config") : json;
  }
}
