package io.github.llavamed.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every dialogue in every template, against the original's prompts. */
@Tag("golden")
class PromptsGoldenTest {
  private static JsonNode golden() {
    return GoldenFolder.json(GoldenFolder.of("text").resolve("prompts.json"));
  }

  private record Case(ConversationTemplate template, String dialogue, JsonNode expected) {
    String name() {
      return template.release().id() + " " + template.id() + " " + dialogue;
    }
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> release : golden().get("results").properties()) {
      Release from = release.getKey().equals("v1.0.0") ? Release.V1_0 : Release.V1_5;
      for (Map.Entry<String, JsonNode> template : release.getValue().properties()) {
        add(cases, ConversationTemplates.bundled().byId(from, template.getKey()), template);
      }
    }
    for (Map.Entry<String, JsonNode> template :
        golden().get("results_synthetic_v1.5").properties()) {
      JsonNode data = golden().get("synthetic_templates_v1.5").get(template.getKey());
      add(cases, TemplateReader.readTemplate(Release.V1_5, template.getKey(), data), template);
    }
    return cases;
  }

  private static void add(
      List<Case> cases, ConversationTemplate template, Map.Entry<String, JsonNode> results) {
    results
        .getValue()
        .properties()
        .forEach(result -> cases.add(new Case(template, result.getKey(), result.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> rendersEveryDialogueAsOriginal() {
    JsonNode dialogues = golden().get("dialogues");
    return cases().stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c, dialogues.get(c.dialogue()))));
  }

  @Test
  void hasTheStatedNumberOfCases() {
    assertThat(cases()).isNotEmpty();
    GoldenText.statedCount("prompts", "prompts")
        .ifPresent(count -> assertThat(cases()).hasSize(count));
  }

  private static void check(Case c, JsonNode dialogue) {
    Conversation conversation = conversation(c.template(), dialogue);

    if (c.expected().has("prompt")) {
      assertThat(conversation.prompt()).isEqualTo(c.expected().get("prompt").asText());
    } else if (c.expected().get("error").asText().equals("AssertionError")) {
      assertThatThrownBy(conversation::prompt)
          .isInstanceOf(InvalidConversationException.class)
          .hasMessageStartingWith(c.expected().get("message").asText());
    } else {
      // The only other error: a null second separator, which counts as empty here.
      assertThat(c.expected().get("error").asText()).isEqualTo("TypeError");
      assertThat(c.template().sepStyle()).isEqualTo(SeparatorStyle.PLAIN);
      assertThat(c.template().sep2()).isNull();
      assertThat(conversation.prompt()).isEqualTo(plainWithoutSecondSeparator(conversation));
    }
  }

  private static Conversation conversation(ConversationTemplate template, JsonNode dialogue) {
    Conversation conversation = Conversation.of(template);
    int image = 0;
    for (JsonNode turn : dialogue) {
      Role role = Role.values()[turn.get(0).intValue()];
      JsonNode content = turn.get(1);
      if (content.isObject()) {
        ImageProcessMode mode = ImageProcessMode.ofLabel(content.get("mode").asText());
        String text = content.get("text").asText();
        conversation.append(new Message(role, text, new MessageImage(image++, mode)));
      } else {
        conversation.append(role, content.isNull() ? null : content.asText());
      }
    }
    return conversation;
  }

  private static String plainWithoutSecondSeparator(Conversation conversation) {
    StringBuilder out = new StringBuilder();
    List<Message> messages = conversation.messages();
    for (int i = 0; i < messages.size(); i++) {
      String text = messages.get(i).textOrEmpty();
      if (i == 0 && messages.get(i).image() != null) {
        text = "<image>\n" + text.replace("<image>", "").strip();
      }
      out.append(text).append(i % 2 == 0 && !text.isEmpty() ? "\n" : "");
    }
    return out.toString();
  }
}
