package io.github.llavamed.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.trainer.internal.run.StartTokenizer;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.MaskAlignment;
import io.github.llavamed.training.TextVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstructionDataTest {
  private static final Path START = GoldenFolder.committed("train").resolve("ckpt/start");

  @TempDir private Path directory;

  private Path write(String json) throws IOException {
    return Files.writeString(directory.resolve("data.json"), json);
  }

  @Test
  void readsSamplesWhereverTheyLie() throws IOException {
    Path file =
        write(
            """
            [ {"id": "é 你好", "x": {"conversations": []},
               "conversatons": [{"from": "human", "value": "ü?"}, {"from": "gpt", "value": 7}]},
              {"image": "a/b.png", "conversations": [{"value": "\\ud83d\\ude00", "from": "human"}]}
            ]\
            """);

    try (InstructionFile data = InstructionFile.open(file)) {
      assertThat(data.size()).isEqualTo(2);
      assertThat(data.get(1).image()).isEqualTo("a/b.png");
      assertThat(data.get(1).turns()).containsExactly(new InstructionSample.Turn("human", "😀"));
      assertThat(data.get(0).image()).isNull();
      assertThat(data.get(0).turns())
          .containsExactly(
              new InstructionSample.Turn("human", "ü?"), new InstructionSample.Turn("gpt", "7"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|expected a JSON array",
        "[]|at least one sample",
        "[1]|sample 0: expected a JSON object",
        "[{\"a\": 1]|not valid JSON",
      })
  void refusesOtherFiles(String json, String message) throws IOException {
    Path file = write(json);

    assertThatThrownBy(() -> InstructionFile.open(file))
        .isInstanceOf(InvalidTrainingDataException.class)
        .hasMessageContaining("data.json")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\": 1}|'conversations'",
        "{\"conversations\": [{\"from\": \"gpt\"}]}|turn 0: 'value'",
        "{\"conversations\": [{\"from\": \"gpt\", \"value\": 1.5}]}|found 1.5",
        "{\"image\": 3, \"conversations\": []}|'image'",
      })
  void refusesOtherSamples(String json, String message) throws IOException {
    try (InstructionFile data = InstructionFile.open(write("[" + json + "]"))) {
      assertThatThrownBy(() -> data.get(0))
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessageContaining("sample 0")
          .hasMessageContaining(message);
    }
  }

  private static InstructionSample drifting() {
    return new InstructionSample(
        0,
        "x.png",
        List.of(
            new InstructionSample.Turn("human", "What is this?\n<image>"),
            new InstructionSample.Turn("gpt", "A cat."),
            new InstructionSample.Turn("human", "Really?"),
            new InstructionSample.Turn("gpt", "Yes.")));
  }

  private static String trained(TextVersion version, MaskAlignment alignment, int maxLength)
      throws IOException {
    StartTokenizer tokens = StartTokenizer.load(START, version, true, true, null);
    Tokenizer tokenizer = tokens.tokenizer();
    EncodedSample encoded =
        SampleEncoder.of(version, alignment, tokenizer, tokens.bosId(), tokens.padId(), maxLength)
            .encode(new ImagePlaceholders(4, true).replaceIn(drifting()));
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < encoded.labels().length; i++) {
      if (encoded.labels()[i] != SampleEncoder.IGNORE_INDEX) {
        assertThat(encoded.labels()[i]).isEqualTo(encoded.inputIds()[i]);
        ids.add(encoded.labels()[i]);
      }
    }
    return tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray(), false);
  }

  @Test
  void trainsAnswersAndStopMarksExactly() throws IOException {
    assertThat(trained(TextVersion.V0, MaskAlignment.EXACT, 256))
        .isEqualTo("### ### Assistant: A cat.\n###### Assistant: Yes.\n### ")
        .doesNotContain("Human");
    // One token late after the image: the human's first is trained, the assistant's is not.
    assertThat(trained(TextVersion.V0, MaskAlignment.LEGACY, 256))
        .isEqualTo("### ### Assistant: A cat.\n### H# Assistant: Yes.\n### ");
  }

  @Test
  void trainsAnswersAndEndsExactly() throws IOException {
    assertThat(trained(TextVersion.V1, MaskAlignment.EXACT, 256))
        .isEqualTo(trained(TextVersion.V1, MaskAlignment.LEGACY, 256))
        .contains("A cat.", "Yes.")
        .doesNotContain("Really");
  }

  @Test
  void beginsSamplesWithAnotherToken() throws IOException {
    StartTokenizer tokens = StartTokenizer.load(START, TextVersion.V0, true, true, "</s>");
    SampleEncoder encoder =
        SampleEncoder.of(
            TextVersion.V0,
            MaskAlignment.LEGACY,
            tokens.tokenizer(),
            tokens.bosId(),
            tokens.padId(),
            256);

    assertThat(encoder.encode(drifting()).inputIds()).startsWith(2).doesNotContain(1);
    assertThatThrownBy(
            () -> StartTokenizer.load(START, TextVersion.V0, true, true, "<none>").bosId())
        .hasMessageContaining("'<none>'");
  }

  @Test
  void trainsWhatTheCutLeaves() throws IOException {
    String whole = trained(TextVersion.V1, MaskAlignment.EXACT, 256);
    String cut = trained(TextVersion.V1, MaskAlignment.EXACT, 125);

    assertThat(cut.length()).isLessThan(whole.length());
  }
}
