package io.github.llavamed.eval.scienceqa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.dataset.CaptionData;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversions of data files against the original's outputs. */
@Tag("golden")
class ConversionGoldenTest {
  private static final Path FOLDER = GoldenFolder.of("data").resolve("scienceqa");
  private static final EvaluationOptions OPTIONS = EvaluationOptions.DEFAULT;
  private static final Pattern NAME =
      Pattern.compile("(llava|scienceqa)_([^_]+)_(\\w+-\\w+)\\.jsonl?");

  @TempDir Path folder;

  private static ScienceQaConversion conversion(String split, String format) throws IOException {
    return ScienceQaConversion.read(FOLDER, split, ScienceQaFormat.parse(format), OPTIONS);
  }

  @Test
  void convertsEverySplitAsTheOriginal() throws IOException {
    int compared = 0;
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.sorted().toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          ScienceQaConversion made = conversion(name.group(2), name.group(3));
          String found = name.group(1).equals("llava") ? made.conversations() : made.lines();
          assertThat(found).as(file.toString()).isEqualTo(Files.readString(file));
          compared++;
        }
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void convertsToEveryFormatAsTheOriginal() throws IOException {
    JsonNode formats = GoldenFolder.json(FOLDER.resolve("llava_train_all_formats.json"));
    assertThat(formats).isNotEmpty();
    for (Map.Entry<String, JsonNode> format : formats.properties()) {
      assertThat(conversion("train", format.getKey()).conversations())
          .as(format.getKey())
          .isEqualTo(PythonJson.indented(format.getValue()));
    }
  }

  @Test
  void refusesWhatTheOriginalFailsOn() throws IOException {
    for (String wrong : List.of("QCM-XX", "XX-A", "QCM")) {
      assertThatThrownBy(() -> ScienceQaFormat.parse(wrong))
          .isInstanceOf(EvaluationException.class)
          .hasMessageContainingAll("prompt format", wrong);
    }
    assertThatThrownBy(() -> conversion("nowhere", "QCM-A"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("nowhere");
    Files.writeString(folder.resolve("pid_splits.json"), "{\"test\": [\"1\"]}");
    Files.writeString(
        folder.resolve("problems.json"),
        "{\"1\": {\"choices\": [1, 2, 3, 4, 5, 6], \"answer\": 0}}");
    ScienceQaFormat format = ScienceQaFormat.parse("QCM-A");
    assertThatThrownBy(() -> ScienceQaConversion.read(folder, "test", format, OPTIONS))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("problem 1", "at most 5 choices", "found 6");
  }

  @Test
  void removesInstructionsAsTheOriginal() throws IOException {
    Path data = GoldenFolder.of("data").resolve("remove_instructions");

    assertThat(CaptionData.withoutInstructions(data.resolve("input.json"), OPTIONS))
        .isEqualTo(Files.readString(data.resolve("output.json")));
    assertThat(CaptionData.withoutInstructions(data.resolve("bad_key_input.json"), OPTIONS))
        .as("the other spelling is read, too")
        .contains("\"value\": \"<image>\"");
  }
}
