package io.github.llavamed.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.github.llavamed.config.ModelFamily;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final ConversationTemplates TEMPLATES = ConversationTemplates.bundled();

  private static Conversation mistral() {
    return Conversation.of(TEMPLATES.byName(Release.V1_5, "mistral_instruct"));
  }

  @Test
  void listsTheAllowedNamesForAnUnknownOne() {
    assertThatThrownBy(() -> TEMPLATES.byName(Release.V1_0, "Simple"))
        .isInstanceOf(UnknownTemplateException.class)
        .hasMessage(
            "unknown conversation template 'Simple' of v1.0; expected one of default, simple,"
                + " simple_legacy, multimodal, llava_v1, v1, bair_v1, vicuna_v1_1");
    assertThatThrownBy(() -> TEMPLATES.byId(Release.V1_5, "conv_v1"))
        .isInstanceOf(UnknownTemplateException.class)
        .hasMessageContaining("conv_mistral_instruct");
  }

  @Test
  void picksTheTemplateOfASingleQuestionByFamily() {
    assertThat(TEMPLATES.defaultTemplate(ModelFamily.LLAVA_V1_0).id()).isEqualTo("simple_conv");
    assertThat(TEMPLATES.defaultTemplate(ModelFamily.LLAVA_V1_5).id())
        .isEqualTo("conv_mistral_instruct");
    assertThat(TEMPLATES.defaultTemplate(ModelFamily.HF_LLAVA).id())
        .isEqualTo("conv_mistral_instruct");
  }

  @Test
  void copiesAreIndependentAndKeepTheSkipMark() {
    Conversation first = mistral().append(Role.USER, "Hello");
    first.setSkipNext(true);

    Conversation second = first.copy().append(Role.ASSISTANT, "Hi.");

    assertThat(first.messages()).hasSize(1);
    assertThat(second.messages()).hasSize(2);
    assertThat(second.skipNext()).isTrue();
    assertThat(second.template().version()).isEqualTo("llama_v2");
  }

  @Test
  void templatesAreNotChangedByTheirConversations() {
    ConversationTemplate template = TEMPLATES.byName(Release.V1_0, "simple");

    Conversation.of(template).append(Role.USER, "Hello");

    assertThat(template.messages()).hasSize(2);
    assertThat(Conversation.of(template).messages()).hasSize(2);
  }

  @Test
  void answerFillsTheLastPlace() {
    Conversation conversation = mistral().append(Role.USER, "Hello").append(Role.ASSISTANT, null);

    conversation.answer("Hi.").append(Role.USER, "Bye").append(Role.ASSISTANT, null);

    assertThat(conversation.prompt()).isEqualTo("[INST] Hello [/INST] Hi. </s>[INST] Bye [/INST]");
    assertThatThrownBy(() -> conversation.copy().answer("x").answer("y"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void logFormKeepsOnlyTheTextOfImageMessages() {
    Conversation conversation =
        mistral()
            .append(Message.withImage(Role.USER, "<image>\nWhat?", 0))
            .append(Role.ASSISTANT, null);

    assertThat(conversation.toLogMap())
        .containsExactly(
            entry("system", ""),
            entry("roles", List.of("USER", "ASSISTANT")),
            entry(
                "messages",
                List.of(List.of("USER", "<image>\nWhat?"), Arrays.asList("ASSISTANT", null))),
            entry("offset", 0),
            entry("sep", ""),
            entry("sep2", "</s>"));
  }

  @Test
  void imagesAreThoseOfUserTurnsAfterTheExamples() {
    Conversation conversation =
        Conversation.of(TEMPLATES.byName(Release.V1_0, "multimodal"))
            .append(Message.withImage(Role.USER, "<image>", 0))
            .append(Message.withImage(Role.ASSISTANT, "odd turn", 1))
            .append(new Message(Role.USER, "<image>", new MessageImage(2, ImageProcessMode.PAD)));

    assertThat(conversation.images())
        .containsExactly(
            new MessageImage(0, ImageProcessMode.DEFAULT),
            new MessageImage(2, ImageProcessMode.PAD));
  }

  @Test
  void imageMessageWithEmptyTextIsNoPlaceholder() {
    Conversation v10 =
        Conversation.of(TEMPLATES.byName(Release.V1_0, "llava_v1").withSystem("S"))
            .append(Message.withImage(Role.USER, "", 0));
    Conversation v15 =
        Conversation.of(TEMPLATES.byName(Release.V1_5, "v0_mmtag").withSystem("S"))
            .append(Message.withImage(Role.USER, "<image>", 0))
            .append(Role.ASSISTANT, null);

    assertThat(v10.prompt()).isEqualTo("S USER:  ");
    assertThat(v15.prompt())
        .isEqualTo("S###Human: <Image><image></Image>###Assistant: Received.###Human:Assistant:");
  }

  @Test
  void rejectsStylesOfTheOtherReleaseAndMissingSeparators() {
    assertThatThrownBy(() -> template(Release.V1_0, SeparatorStyle.MPT, null))
        .isInstanceOf(InvalidConversationException.class)
        .hasMessageStartingWith("Invalid style: MPT");
    assertThatThrownBy(() -> template(Release.V1_5, SeparatorStyle.TWO, null))
        .isInstanceOf(InvalidConversationException.class)
        .hasMessageContaining("sep2");
    assertThatThrownBy(() -> ImageProcessMode.ofLabel("Crop it"))
        .isInstanceOf(InvalidConversationException.class)
        .hasMessageStartingWith("Invalid image_process_mode: Crop it");
  }

  @Test
  void llama2NeedsATextInTheFirstMessage() {
    assertThatThrownBy(() -> mistral().append(Role.USER, "").prompt())
        .isInstanceOf(InvalidConversationException.class)
        .hasMessageStartingWith("first message should not be none");
    assertThat(mistral().prompt()).isEmpty();
  }

  private static ConversationTemplate template(
      Release release, SeparatorStyle style, @Nullable String sep2) {
    return new ConversationTemplate(
        "mine", release, "", List.of("U", "A"), List.of(), 0, style, "#", sep2, "Unknown");
  }
}
