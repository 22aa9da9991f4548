package io.github.llavamed.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts, batches and refused inputs of the golden models, against the original's. */
@Tag("golden")
class ModelPromptsGoldenTest {
  private static final OriginalQuirks ALL = OriginalQuirks.ALL;

  static List<GoldenModel> models() {
    List<GoldenModel> models = GoldenModel.all();
    assertThat(models).isNotEmpty();
    return models;
  }

  private static PromptBuilder builder(GoldenModel model, OriginalQuirks quirks) {
    return PromptBuilder.forModel(model.promptConfig(), model.tokenizer(), quirks);
  }

  /** A builder that does not cut, for batches that are cut later. */
  private static PromptBuilder uncut(GoldenModel model) {
    return PromptBuilder.forModel(model.promptConfig(null), model.tokenizer(), OriginalQuirks.NONE);
  }

  @ParameterizedTest
  @MethodSource("models")
  void buildsTheOriginalsInputIds(GoldenModel model) {
    PromptBuilder builder = builder(model, OriginalQuirks.NONE);
    int rows = model.promptConfig().imageFeatureCount();
    JsonNode prompts = model.expected().get("prompts");
    assertThat(prompts.size()).isPositive();
    for (Map.Entry<String, JsonNode> entry : prompts.properties()) {
      JsonNode expected = entry.getValue();
      int images = expected.get("images").size();

      Prompt prompt = builder.build(expected.get("prompt").asText(), images);

      assertThat(prompt.inputIds()).as(entry.getKey()).isEqualTo(list(expected.get("input_ids")));
      int length = expected.path("spliced_length").asInt(list(expected.get("input_ids")).size());
      assertThat(prompt.length()).as(entry.getKey()).isEqualTo(length);
      if (expected.path("inputs_embeds").has("shape")) {
        assertThat(prompt.length())
            .isEqualTo(expected.at("/inputs_embeds/shape").get(0).intValue());
      }
      if (!expected.path("truncated_to_tokenizer_model_max_length").asBoolean(false)) {
        assertThat(prompt.imagePositions()).as(entry.getKey()).isEqualTo(images * rows);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void placeholderPromptsOfV10AreTheWrittenOutOnes(GoldenModel model) {
    assumeThat(model.family()).isEqualTo(ModelFamily.LLAVA_V1_0);
    PromptBuilder builder = builder(model, OriginalQuirks.NONE);
    String run = "<im_patch>".repeat(model.promptConfig().imageFeatureCount());
    String block = model.markers() ? "<im_start>" + run + "<im_end>" : run;
    for (JsonNode expected : model.expected().get("prompts")) {
      String text = expected.get("prompt").asText().replace(block, "<image>");

      Prompt prompt = builder.build(text, expected.get("images").size());

      assertThat(prompt.inputIds()).isEqualTo(list(expected.get("input_ids")));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void tokenizesPromptsWithImages(GoldenModel model) {
    assumeThat(model.expected().has("image_token_cases")).isTrue();
    PromptBuilder builder = uncut(model);
    assertThat(model.expected().get("image_token_cases").size()).isPositive();
    for (JsonNode expected : model.expected().get("image_token_cases")) {
      String text = expected.get("prompt").asText();
      List<Integer> ids = list(expected.get("ids"));

      Prompt prompt = builder.build(text, builder.imagePlaces(text));

      assertThat(prompt.inputIds()).as(text).isEqualTo(ids);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void splicesTwoImagesOrOnlyTheLast(GoldenModel model) {
    assumeThat(model.expected().has("two_images_one_sample")).isTrue();
    JsonNode expected = model.expected().get("two_images_one_sample");
    String text = expected.get("prompt").asText();
    int images = expected.get("images").size();
    int rows = model.promptConfig().imageFeatureCount();

    Prompt recommended = builder(model, OriginalQuirks.NONE).build(text, images);

    assertThat(recommended.inputIds()).isEqualTo(list(expected.get("input_ids")));
    assertThat(images(recommended))
        .containsExactly(new ImageSegment(0, 0, rows), new ImageSegment(1, 0, rows));
    assertThat(recommended.length()).isEqualTo(expected.get("input_ids").size());
    if (expected.has("original_error")) {
      assertThatThrownBy(() -> builder(model, ALL).build(text, images))
          .hasMessageStartingWith(expected.at("/original_error/message").asText());
    } else {
      Prompt original = builder(model, ALL).build(text, images);
      assertThat(images(original)).containsExactly(new ImageSegment(images - 1, 0, rows));
      assertThat(original.length()).isEqualTo(recommended.length());
    }
  }

  private static List<ImageSegment> images(Prompt prompt) {
    return prompt.segments().stream()
        .filter(ImageSegment.class::isInstance)
        .map(ImageSegment.class::cast)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("models")
  void preparesBatchesOfV15(GoldenModel model) {
    assumeThat(model.expected().has("batch_prepare")).isTrue();
    JsonNode batch = model.expected().get("batch_prepare");
    PromptBuilder builder = uncut(model);
    List<Prompt> prompts = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (int i = 0; i < batch.get("prompts").size(); i++) {
      String text = batch.get("prompts").get(i).asText();
      Prompt prompt = builder.build(text, builder.imagePlaces(text));
      assertThat(prompt.inputIds()).isEqualTo(real(batch, "input_ids", i));
      prompts.add(prompt);
      labels.add(real(batch, "labels", i).stream().mapToInt(Integer::intValue).toArray());
    }
    assertThat(batch.get("results").size()).isPositive();
    for (JsonNode result : batch.get("results")) {
      JsonNode limit = result.get("tokenizer_model_max_length");
      PromptBatch made =
          PromptBatch.of(
              prompts,
              labels,
              side(result.get("tokenizer_padding_side")),
              limit.isNull() ? null : limit.intValue());

      for (int i = 0; i < made.size(); i++) {
        assertThat(made.attentionMask(i))
            .containsExactly(GoldenFolder.ints(result.get("attention_mask").get(i)));
        assertThat(made.positionIds(i))
            .containsExactly(GoldenFolder.ints(result.get("position_ids").get(i)));
        assertThat(made.labels(i)).containsExactly(GoldenFolder.ints(result.get("labels").get(i)));
      }
    }
  }

  /** The values of a row at the places that its mask keeps. */
  private static List<Integer> real(JsonNode batch, String field, int row) {
    int[] mask = GoldenFolder.ints(batch.get("attention_mask").get(row));
    int[] values = GoldenFolder.ints(batch.get(field).get(row));
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] == 1) {
        kept.add(values[i]);
      }
    }
    return kept;
  }

  @ParameterizedTest
  @MethodSource("models")
  void padsBatchesOfFamiliesWhoseIdsDoNotExpand(GoldenModel model) {
    assumeThat(model.expected().has("batch")).isTrue();
    JsonNode batch = model.expected().get("batch");
    List<JsonNode> results = new ArrayList<>();
    (batch.has("results") ? batch.get("results") : batch).forEach(results::add);
    assertThat(results).isNotEmpty();
    PromptBuilder builder = builder(model, OriginalQuirks.NONE);
    for (JsonNode result : results) {
      List<Prompt> prompts = new ArrayList<>();
      for (JsonNode text : batch.has("prompts") ? batch.get("prompts") : result.get("prompts")) {
        prompts.add(builder.build(text.asText(), builder.imagePlaces(text.asText())));
      }
      int padId =
          batch.has("pad_id")
              ? batch.get("pad_id").intValue()
              : model.tokenizer().specialTokens().pad().orElseThrow();
      JsonNode side = result.has("side") ? result.get("side") : result.get("padding_side");

      PromptBatch made = PromptBatch.of(prompts, side(side), null);

      for (int i = 0; i < made.size(); i++) {
        assertThat(made.inputIds(i, padId))
            .containsExactly(GoldenFolder.ints(result.get("input_ids").get(i)));
        assertThat(made.attentionMask(i))
            .containsExactly(GoldenFolder.ints(result.get("attention_mask").get(i)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void dealsTheImagesOfBatchesOut(GoldenModel model) {
    JsonNode batch =
        switch (model.family()) {
          case LLAVA_V1_0 -> model.expected().path("batch");
          case LLAVA_V1_5 -> model.expected().path("batch_prepare");
          case HF_LLAVA -> model.expected().path("absent");
        };
    assumeThat(batch.isObject()).isTrue();
    LlavaConfig config = model.promptConfig();
    List<Integer> needed = new ArrayList<>();
    PromptBuilder builder = uncut(model);
    batch.get("prompts").forEach(text -> needed.add(builder.imagePlaces(text.asText())));
    List<Integer> supplied = Collections.nCopies(needed.size(), 1);

    List<int[]> own = BatchImages.assign(config, needed, supplied, OriginalQuirks.NONE);
    List<int[]> cursor = BatchImages.assign(config, needed, supplied, ALL);

    int seen = 0;
    for (int i = 0; i < needed.size(); i++) {
      // As the notes of the cases say: sample i has image i; the original's cursor differs.
      int original = model.family() == ModelFamily.LLAVA_V1_5 ? i : model.markers() ? seen : 0;
      assertThat(own.get(i)).containsExactly(needed.get(i) == 0 ? new int[0] : new int[] {i});
      assertThat(cursor.get(i))
          .containsExactly(needed.get(i) == 0 ? new int[0] : new int[] {original});
      seen += needed.get(i);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void refusesWhatTheOriginalRefuses(GoldenModel model) {
    JsonNode cases = negatives(model);
    assumeThat(cases != null).isTrue();
    int checked = 0;
    for (JsonNode expected : cases == null ? List.<JsonNode>of() : cases) {
      if (!expected.has("input_ids")) {
        continue;
      }
      JsonNode error = expected.get("original_error");
      String message = error.isNull() ? "" : error.get("message").asText();
      // Only what the original says about tokens is a sentence of its own; the rest is of torch.
      String sentence =
          error.path("type").asText().equals("ValueError") ? message.split(":", 2)[0] : "";
      assertThatThrownBy(() -> prepare(model, expected))
          .as("%s", expected)
          .isInstanceOf(InvalidPromptException.class)
          .hasMessageStartingWith(sentence);
      checked++;
    }
    assertThat(checked).isPositive();
  }

  private static @Nullable JsonNode negatives(GoldenModel model) {
    if (model.expected().has("negative")) {
      return model.expected().get("negative");
    }
    Path file = model.directory().resolve("negative.json");
    return Files.exists(file) ? GoldenFolder.json(file).get("cases") : null;
  }

  /** Prepares a batch as the original does, with its running image cursor. */
  private static void prepare(GoldenModel model, JsonNode input) {
    JsonNode ids = input.get("input_ids");
    List<int[]> samples = new ArrayList<>();
    if (ids.get(0).isArray()) {
      ids.forEach(sample -> samples.add(GoldenFolder.ints(sample)));
    } else {
      samples.add(GoldenFolder.ints(ids));
    }
    int images = input.has("images") ? input.get("images").size() : samples.size() == 1 ? 0 : -1;
    if (model.family() == ModelFamily.HF_LLAVA) {
      images = 1; // the note says which prompt: one image
    }
    PromptBuilder builder = builder(model, ALL);
    if (samples.size() == 1) {
      builder.segments(samples.get(0), images);
      return;
    }
    List<Integer> needed = new ArrayList<>();
    for (int[] sample : samples) {
      int places = 0;
      for (int id : sample) {
        places += id == PromptBuilder.IMAGE_TOKEN_INDEX ? 1 : 0;
      }
      builder.segments(sample, places);
      needed.add(places);
    }
    List<Integer> supplied = new ArrayList<>(Collections.nCopies(samples.size(), 0));
    supplied.set(0, images);
    BatchImages.assign(model.promptConfig(), needed, supplied, ALL);
  }

  private static PaddingSide side(JsonNode side) {
    return side.asText().equals("left") ? PaddingSide.LEFT : PaddingSide.RIGHT;
  }

  private static List<Integer> list(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.intValue()));
    return values;
  }
}
