package io.github.llavamed.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Length and MD5 of four dialogues in every template, as the original renders them.
 *
 * <p>A: user and the place of an answer; B: user only; C: two rounds; D: a message with an image.
 */
class RenderingTableTest {
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvFileSource(resources = "rendering-md5.csv")
  void rendersAsOriginal(String release, String id, String dialogue, String length, String md5)
      throws NoSuchAlgorithmException {
    Release from = release.equals("v1.0") ? Release.V1_0 : Release.V1_5;
    Conversation conversation = Conversation.of(ConversationTemplates.bundled().byId(from, id));
    switch (dialogue) {
      case "A" -> conversation.append(Role.USER, "Hello").append(Role.ASSISTANT, null);
      case "B" -> conversation.append(Role.USER, "Hello");
      case "C" ->
          conversation
              .append(Role.USER, "Hello")
              .append(Role.ASSISTANT, "Hi.")
              .append(Role.USER, "Bye")
              .append(Role.ASSISTANT, null);
      default ->
          conversation
              .append(Message.withImage(Role.USER, "Look\n<image>", 0))
              .append(Role.ASSISTANT, null);
    }

    String prompt = conversation.prompt();

    if (md5.equals("error")) {
      // The original fails on the null second separator; here it counts as empty.
      assertThat(prompt).isEqualTo("Hello\nHi.Bye\n");
      return;
    }
    assertThat(prompt).hasSize(Integer.parseInt(length));
    byte[] digest =
        MessageDigest.getInstance("MD5").digest(prompt.getBytes(StandardCharsets.UTF_8));
    assertThat("%032x".formatted(new BigInteger(1, digest))).isEqualTo(md5);
  }
}
