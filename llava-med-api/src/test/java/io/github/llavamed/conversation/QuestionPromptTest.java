package io.github.llavamed.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.testing.TestConfigs;
import org.junit.jupiter.api.Test;

class QuestionPromptTest {
  private static final ConversationTemplates TEMPLATES = ConversationTemplates.bundled();
  private static final LlavaConfig V10 = TestConfigs.of(ModelFamily.LLAVA_V1_0, 2, true);
  private static final LlavaConfig V15 = TestConfigs.of(ModelFamily.LLAVA_V1_5, 2, false);
  private static final LlavaConfig HF = TestConfigs.of(ModelFamily.HF_LLAVA, 2, false);

  private static QuestionPrompt ask(LlavaConfig config, String question, int images) {
    return QuestionPrompt.of(config, TEMPLATES.defaultTemplate(config.family()), question, images);
  }

  @Test
  void v10PutsTheImageAfterTheQuestionAndLeavesTheAssistantClosed() {
    QuestionPrompt prompt = ask(V10, "What is shown in this image?", 1);

    assertThat(prompt.text())
        .endsWith(
            "###Assistant: Hi there!  How can I help you today?\n"
                + "###Human: What is shown in this image?\n<image>###");
    assertThat(prompt.stopStrings()).containsExactly("###");
    assertThat(ask(V10, "Compare", 2).text()).endsWith("###Human: Compare\n<image>\n<image>###");
    assertThat(ask(V10, "Which organ?", 0).text()).endsWith("###Human: Which organ?###");
  }

  @Test
  void v10LegacyTemplateOpensAResponse() {
    ConversationTemplate legacy = TEMPLATES.byName(Release.V1_0, "simple_legacy");

    assertThat(QuestionPrompt.of(V10, legacy, "Which organ is shown?", 1).text())
        .endsWith("###Human: Which organ is shown?\n<image>\n\n### Response:###");
  }

  @Test
  void v15PutsTheImageFirst() {
    QuestionPrompt prompt = ask(V15, "What is shown in this image?", 1);

    assertThat(prompt.text()).isEqualTo("[INST] <image>\nWhat is shown in this image? [/INST]");
    assertThat(prompt.stopStrings()).containsExactly("</s>");
    assertThat(prompt.imageCount()).isEqualTo(1);
    assertThat(ask(V15, "Which organ is shown?", 0).text())
        .isEqualTo("[INST] Which organ is shown? [/INST]");
  }

  @Test
  void v15WritesMarkersIfTheModelUsesThem() {
    LlavaConfig markers = TestConfigs.of(ModelFamily.LLAVA_V1_5, 2, true);

    assertThat(ask(markers, "Compare the two images.", 2).text())
        .isEqualTo(
            "[INST] <im_start><image><im_end>\n<im_start><image><im_end>\n"
                + "Compare the two images. [/INST]");
  }

  @Test
  void huggingFaceIsAskedAsV15() {
    assertThat(ask(HF, "Compare the two images.", 2).text())
        .isEqualTo("[INST] <image>\n<image>\nCompare the two images. [/INST]");
    assertThat(QuestionPrompt.of(HF, TEMPLATES.byName(Release.V1_5, "vicuna_v1"), "Why?", 1).text())
        .endsWith(" USER: <image>\nWhy? ASSISTANT:");
  }

  @Test
  void placeholdersInTheQuestionGiveWayToTheImages() {
    assertThat(ask(V15, " <image>\nWhat?<image> ", 1).text())
        .isEqualTo("[INST] <image>\nWhat? [/INST]");
    assertThat(ask(V10, "What?\n<image>", 1).text()).endsWith("###Human: What?\n<image>###");
  }

  @Test
  void refusesToAskNothing() {
    assertThatThrownBy(() -> ask(V15, " <image> ", 0))
        .isInstanceOf(InvalidConversationException.class);
    assertThat(ask(V15, "", 1).text()).isEqualTo("[INST] <image>\n [/INST]");
  }

  @Test
  void formedMessagesStandAsTheyAre() {
    ConversationTemplate simple = TEMPLATES.byName(Release.V1_0, "simple");

    assertThat(
            QuestionPrompt.ofMessage(ModelFamily.LLAVA_V1_0, simple, " a <image>\n<im_patch> ", 1)
                .text())
        .endsWith("###Human:  a <image>\n<im_patch> ###");
  }
}
