package io.github.llavamed.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bundled templates and their stop strings, against the original's. */
@Tag("golden")
class TemplatesGoldenTest {
  private final ConversationTemplates templates = ConversationTemplates.bundled();

  private static JsonNode golden(String file) {
    return GoldenFolder.json(GoldenFolder.of("text").resolve(file));
  }

  @ParameterizedTest
  @EnumSource
  void holdsTheOriginalsTemplatesAndNames(Release release) {
    JsonNode expected = golden("templates.json").get("versions").get(release.resourceKey());

    assertThat(templates.defaultConversation(release).id())
        .isEqualTo(expected.get("default").asText());
    assertThat(templates.ids(release)).containsExactlyElementsOf(keys(expected.get("templates")));
    assertThat(templates.names(release)).containsExactlyElementsOf(keys(expected.get("names")));
    expected
        .get("names")
        .properties()
        .forEach(
            name ->
                assertThat(templates.byName(release, name.getKey()).id())
                    .isEqualTo(name.getValue().asText()));
    expected
        .get("templates")
        .properties()
        .forEach(e -> checkTemplate(templates.byId(release, e.getKey()), e.getValue()));
  }

  private static void checkTemplate(ConversationTemplate template, JsonNode expected) {
    assertThat(template.system()).isEqualTo(expected.get("system").asText());
    assertThat(template.roles()).containsExactlyElementsOf(texts(expected.get("roles")));
    assertThat(template.offset()).isEqualTo(expected.get("offset").intValue());
    assertThat(template.sepStyle().name()).isEqualTo(expected.get("sep_style").asText());
    assertThat(template.sep()).isEqualTo(expected.get("sep").asText());
    assertThat(template.sep2()).isEqualTo(expected.get("sep2").textValue());
    assertThat(template.version()).isEqualTo(expected.get("version").asText());
    List<List<String>> messages =
        template.messages().stream()
            .map(m -> List.of(template.roleName(m.role()), m.textOrEmpty()))
            .toList();
    List<List<String>> expectedMessages = new ArrayList<>();
    expected.get("messages").forEach(message -> expectedMessages.add(texts(message)));
    assertThat(messages).isEqualTo(expectedMessages);
  }

  @ParameterizedTest
  @EnumSource
  void givesTheOriginalsStopStrings(Release release) {
    JsonNode all = golden("stop_strings.json").get(release.resourceKey());
    assertThat(all.size()).isEqualTo(templates.ids(release).size());

    all.properties()
        .forEach(
            e -> {
              ConversationTemplate template = templates.byId(release, e.getKey());
              JsonNode row = e.getValue();
              assertThat(StopStringRule.WEB_SERVER.of(template))
                  .isEqualTo(Optional.ofNullable(row.get("web_server_stop").textValue()));
              String evaluator =
                  row.path(release == Release.V1_0 ? "evaluator_keyword" : "cli_and_evaluator_stop")
                      .asText();
              // The original's empty stop string ends every answer after one token.
              String expected = evaluator.isEmpty() ? row.get("sep2").asText() : evaluator;
              assertThat(StopStringRule.EVALUATOR.of(template)).contains(expected);
            });
  }

  private static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
