package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.conversation.Message;
import io.github.llavamed.conversation.Role;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.FakeModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChatSessionTest {
  private static final ImageInput RED = FakeModels.image(0xff0000);
  private static final ImageInput BLUE = FakeModels.image(0x0000ff);
  private static final GenerationConfig SHORT = GenerationConfig.builder().maxNewTokens(9).build();

  private final FakeBackend backend =
      FakeBackend.hashing(AsciiTokenizer.SIZE, 4, FakeModels.FEATURE_ROWS);
  private final VisionLanguageModel model = FakeModels.v15(backend, 1000);

  @AfterEach
  void closeEverything() {
    model.close();
    assertThat(backend.openSessions()).isZero();
    assertThat(backend.isClosed()).isTrue();
  }

  @Test
  void everyTurnAnswersAsReadingEverythingAgainWould() throws IOException {
    try (ChatSession chat = model.startChat()) {
      List<ImageInput> images = new ArrayList<>();
      for (int turn = 0; turn < 5; turn++) {
        List<ImageInput> added =
            turn == 0 ? List.of(RED) : turn == 3 ? List.of(BLUE, RED) : List.of();
        images.addAll(added);

        GenerationResult result = chat.ask(turn("Question " + turn, added));

        assertThat(result.outputIds())
            .as("turn %d", turn)
            .isEqualTo(recompute(result.prompt().text(), images).outputIds());
      }
    }
  }

  @Test
  void readsOnlyWhatIsNew() throws IOException {
    Recorder recorder = new Recorder();
    try (ChatSession chat = model.startChat()) {
      chat.ask(turn("What is it?", List.of(RED)));
      int before = backend.appendedPositions();

      GenerationResult second =
          chat.ask(turn("And why?", List.of()).toBuilder().listener(recorder).build());

      assertThat(recorder.reused).isGreaterThan(FakeModels.FEATURE_ROWS + 20);
      assertThat(backend.appendedPositions() - before)
          .isEqualTo(second.usage().promptTokens() - recorder.reused + 9 - 1);
      assertThat(backend.encodedImages()).isEqualTo(1);
    }
  }

  @Test
  void anEditedAnswerCutsTheCacheBackToWhereItDiffers() throws IOException {
    try (ChatSession chat = model.startChat()) {
      chat.ask(turn("What is it?", List.of(RED)));
      chat.replaceLastAnswer("The image is a CT scan.");

      GenerationResult result = chat.ask(turn("Where?", List.of()));

      assertThat(result.prompt().text())
          .isEqualTo(
              "[INST] <image>\nWhat is it? [/INST] The image is a CT scan. </s>[INST] Where?"
                  + " [/INST]");
      assertThat(result.outputIds())
          .isEqualTo(recompute(result.prompt().text(), List.of(RED)).outputIds());
    }
  }

  @Test
  void aQuestionWithPlacesForImagesIsUsedAsItStands() throws IOException {
    try (ChatSession chat = model.startChat()) {
      GenerationResult result = chat.ask(turn("Look: <image> there", List.of(RED)));

      assertThat(result.prompt().text()).isEqualTo("[INST] Look: <image> there [/INST]");
    }
  }

  @Test
  void usesTheNamedTemplate() throws IOException {
    try (ChatSession chat = model.startChat("vicuna_v1")) {
      GenerationResult result = chat.ask(turn("Hello", List.of()));

      assertThat(result.prompt().text()).endsWith("USER: Hello ASSISTANT:");
    }
  }

  @Test
  void aTurnThatFailsLeavesTheConversationAsItWas() throws IOException {
    GenerationListener failing =
        (id, text) -> {
          throw new IllegalStateException("enough");
        };
    try (ChatSession chat = model.startChat()) {
      chat.ask(turn("One", List.of(RED)));
      List<Message> before = chat.conversation().messages();

      assertThatThrownBy(
              () -> chat.ask(turn("Two", List.of(BLUE)).toBuilder().listener(failing).build()))
          .hasMessage("enough");

      assertThat(chat.conversation().messages()).isEqualTo(before);
      GenerationResult result = chat.ask(turn("Two again", List.of(RED)));
      assertThat(result.outputIds())
          .isEqualTo(recompute(result.prompt().text(), List.of(RED, RED)).outputIds());
    }
  }

  @Test
  void aCancelledAnswerStaysAsFarAsItCame() throws IOException {
    AtomicBoolean cancelled = new AtomicBoolean();
    GenerationRequest request =
        turn("One", List.of()).toBuilder()
            .listener((id, text) -> cancelled.set(true))
            .cancelledWhen(cancelled::get)
            .build();
    try (ChatSession chat = model.startChat()) {
      GenerationResult result = chat.ask(request);

      assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(result.outputIds()).hasSize(1);
      assertThat(chat.conversation().messages())
          .containsExactly(
              Message.of(Role.USER, "One"), Message.of(Role.ASSISTANT, result.text().strip()));
    }
  }

  @Test
  void aTurnCancelledBeforeItsFirstTokenNeverWas() throws IOException {
    try (ChatSession chat = model.startChat()) {
      GenerationResult result =
          chat.ask(turn("One", List.of(RED, BLUE)).toBuilder().cancelledWhen(() -> true).build());

      assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(chat.conversation().messages()).isEmpty();
      assertThat(chat.ask(turn("Two", List.of(BLUE))).prompt().text())
          .isEqualTo("[INST] <image>\nTwo [/INST]");
    }
  }

  @Test
  void refusesATurnThatLeavesNoRoom() throws IOException {
    try (ChatSession chat = model.startChat()) {
      chat.ask(turn("One", List.of()));

      assertThatThrownBy(() -> chat.ask(turn("x".repeat(1000), List.of())))
          .isInstanceOf(ContextLengthExceededException.class)
          .hasMessageContaining("leave out earlier turns");
      assertThat(chat.conversation().messages()).hasSize(2);
    }
  }

  @Test
  void refusesExactPromptsAndTemplatesOfATurn() {
    try (ChatSession chat = model.startChat()) {
      assertThatThrownBy(() -> chat.ask(GenerationRequest.prompt("x").build()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> chat.ask(GenerationRequest.question("x").template("vicuna_v1").build()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void thereIsNoAnswerToReplaceBeforeTheFirst() {
    try (ChatSession chat = model.startChat("default")) {
      assertThatThrownBy(() -> chat.replaceLastAnswer("x"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no answer");
    }
  }

  @Test
  void aClosedConversationRefusesAndTheModelClosesThoseLeftOpen() throws IOException {
    FakeBackend own = FakeBackend.hashing(AsciiTokenizer.SIZE, 4, FakeModels.FEATURE_ROWS);
    AtomicInteger weightsClosed = new AtomicInteger();
    VisionLanguageModel other = FakeModels.v15(own, 500, weightsClosed);
    ChatSession first = other.startChat();
    ChatSession second = other.startChat();
    first.ask(turn("One", List.of()));
    second.ask(turn("One", List.of()));

    first.close();
    first.close();
    assertThatThrownBy(() -> first.ask("Two"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the conversation is closed");
    other.close();

    assertThat(own.openSessions()).isZero();
    assertThat(own.isClosed()).isTrue();
    assertThatThrownBy(() -> second.ask("Two"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
    second.close();
    assertThat(weightsClosed).hasValue(1);
  }

  private GenerationResult recompute(String prompt, List<ImageInput> images) throws IOException {
    return model.generate(GenerationRequest.prompt(prompt).images(images).config(SHORT).build());
  }

  private static GenerationRequest turn(String question, List<ImageInput> images) {
    return GenerationRequest.question(question).images(images).config(SHORT).build();
  }

  private static final class Recorder implements GenerationListener {
    private int reused;

    @Override
    public void onPrompt(int promptTokens, int reusedTokens) {
      reused = reusedTokens;
    }

    @Override
    public void onToken(int id, String text) {}
  }
}
