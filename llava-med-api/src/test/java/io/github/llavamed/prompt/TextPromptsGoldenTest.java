package io.github.llavamed.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.conversation.QuestionPrompt;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenText;
import io.github.llavamed.testing.GoldenTokenizers;
import io.github.llavamed.testing.TestConfigs;
import io.github.llavamed.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Input ids of whole prompts with the golden tokenizers, against the original's. */
@Tag("golden")
class TextPromptsGoldenTest {
  private static final String PATCH = "<im_patch>";

  private record Source(Path file, String folder) {
    String model() {
      String name = file.getFileName().toString();
      return name.substring(0, name.indexOf('.'));
    }

    boolean v10() {
      return file.toString().endsWith(".v10.jsonl");
    }
  }

  private static List<Source> sources() {
    List<Source> sources = new ArrayList<>();
    for (String folder : List.of("prompt_ids", "image_tokens")) {
      GoldenText.files(folder, ".jsonl").forEach(file -> sources.add(new Source(file, folder)));
    }
    return sources;
  }

  @TestFactory
  Stream<DynamicTest> givesTheOriginalsIds() {
    return sources().stream()
        .map(
            source ->
                DynamicTest.dynamicTest(
                    source.folder() + "/" + source.file().getFileName(), () -> check(source)));
  }

  @Test
  void hasCasesOfBothReleases() {
    assertThat(sources()).anyMatch(Source::v10).anyMatch(source -> !source.v10());
  }

  private static void check(Source source) {
    List<JsonNode> rows = GoldenText.rows(source.file());
    String name = source.file().getFileName().toString().replace(".jsonl", "");
    assertThat(rows).isNotEmpty();
    GoldenText.statedCount(source.folder(), name).ifPresent(n -> assertThat(rows).hasSize(n));
    Map<String, Tokenizer> tokenizers = new TreeMap<>();
    int checked = 0;
    for (JsonNode row : rows) {
      for (Map.Entry<String, JsonNode> field : row.properties()) {
        if (!field.getValue().isArray()) {
          continue;
        }
        Tokenizer tokenizer =
            tokenizers.computeIfAbsent(
                field.getKey(), key -> GoldenTokenizers.load(source.model(), key));
        String prompt = row.get("prompt").asText();
        assertThat(ids(source, row, tokenizer))
            .as("%s of %s", field.getKey(), prompt)
            .containsExactly(GoldenFolder.ints(field.getValue()));
        checked++;
      }
    }
    assertThat(checked).isGreaterThanOrEqualTo(rows.size());
  }

  private static int[] ids(Source source, JsonNode row, Tokenizer tokenizer) {
    String prompt = row.get("prompt").asText();
    if (row.has("patches")) {
      return evaluatorIds(row, tokenizer);
    }
    if (source.v10() && prompt.contains(PromptBuilder.IMAGE_PLACEHOLDER)) {
      return tokenizer.encode(prompt); // the original leaves the placeholder to its callers
    }
    ModelFamily family = source.v10() ? ModelFamily.LLAVA_V1_0 : ModelFamily.LLAVA_V1_5;
    PromptBuilder builder =
        PromptBuilder.forModel(TestConfigs.of(family, 2, false), tokenizer, OriginalQuirks.NONE);
    return toArray(builder.build(prompt, builder.imagePlaces(prompt)).inputIds());
  }

  /** The evaluators' prompts: from the question, with placeholder, and written out. */
  private static int[] evaluatorIds(JsonNode row, Tokenizer tokenizer) {
    boolean markers = row.get("markers").asBoolean();
    int side = (int) Math.round(Math.sqrt(row.get("patches").intValue()));
    LlavaConfig config = TestConfigs.of(ModelFamily.LLAVA_V1_0, side, markers);
    PromptBuilder builder = PromptBuilder.forModel(config, tokenizer, OriginalQuirks.NONE);
    ConversationTemplate template =
        ConversationTemplates.bundled().byId(Release.V1_0, row.get("template").asText());
    QuestionPrompt question = QuestionPrompt.of(config, template, row.get("question").asText(), 1);
    String written = row.get("prompt").asText();

    Prompt fromQuestion = builder.build(question.text(), 1);
    Prompt fromText = builder.build(written, 1);

    String run = PATCH.repeat(side * side);
    String block = markers ? "<im_start>" + run + "<im_end>" : run;
    assertThat(question.text()).isEqualTo(written.replace(block, "<image>"));
    assertThat(fromQuestion.inputIds()).isEqualTo(fromText.inputIds());
    assertThat(fromText.imagePositions()).isEqualTo(side * side);
    return toArray(fromText.inputIds());
  }

  private static int[] toArray(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
