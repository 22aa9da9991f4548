package io.github.llavamed.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.trainer.internal.run.StartTokenizer;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.MaskAlignment;
import io.github.llavamed.training.TextVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids and labels of every sample, id by id. */
@Tag("golden")
class PreprocessGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER = GoldenFolder.of("train");
  private static final int DEFAULT_MAX_LENGTH = 256;

  static Stream<Arguments> tables() {
    JsonNode index = GoldenFolder.json(FOLDER.resolve("preprocess/index.json"));
    return StreamSupport.stream(index.spliterator(), false)
        .filter(table -> Files.exists(FOLDER.resolve(table.get("file").asText())))
        .map(table -> Arguments.of(table.get("file").asText(), table));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void encodesEverySampleLikeTheOriginal(String file, JsonNode table) throws IOException {
    TextVersion version =
        TextVersion.valueOf(table.get("version").asText().toUpperCase(Locale.ROOT));
    boolean markers = table.path("markers").asBoolean(true);
    boolean multimodal = table.path("mm").asBoolean(true);
    int side = table.get("tower").asInt() / 14;
    StartTokenizer tokens =
        StartTokenizer.load(FOLDER.resolve("ckpt/start"), version, true, markers, bosToken(table));
    SampleEncoder encoder =
        SampleEncoder.of(
            version,
            MaskAlignment.LEGACY,
            tokens.tokenizer(),
            tokens.bosId(),
            tokens.padId(),
            table.path("maxlen").asInt(DEFAULT_MAX_LENGTH));
    ImagePlaceholders placeholders = new ImagePlaceholders(side * side, markers);

    assertThat(tokens.bosId()).hasValue(table.path("bos_id").asInt(1));
    assertThat(tokens.padId()).isEqualTo(table.get("pad_id").intValue());
    List<String> rows = Files.readAllLines(FOLDER.resolve(file));
    assertThat(rows).hasSize(table.get("rows").intValue()).isNotEmpty();
    try (InstructionFile data = InstructionFile.open(FOLDER.resolve(table.get("data").asText()))) {
      assertThat(data.size()).isEqualTo(rows.size());
      for (String row : rows) {
        JsonNode expected = JSON.readTree(row);
        InstructionSample sample = data.get(expected.get("i").intValue());
        InstructionSample text =
            multimodal && sample.image() != null ? placeholders.replaceIn(sample) : sample;
        check(file, encoder, text, expected);
      }
    }
  }

  /** With {@code llama} in its path the original begins samples with the end token. */
  private static String bosToken(JsonNode table) {
    return table.path("bos_id").asInt(1) == 2 ? "</s>" : null;
  }

  private static void check(
      String file, SampleEncoder encoder, InstructionSample sample, JsonNode expected) {
    String error = expected.path("error").asText("");
    if (error.startsWith("TypeError")) {
      // Integers in samples without image: converted here, a crash in the original.
      assertThat(encoder.encode(sample).inputIds()).isNotEmpty();
    } else if (!error.isEmpty()) {
      assertThatThrownBy(() -> encoder.encode(sample))
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessageContaining("sample " + sample.index());
    } else {
      EncodedSample encoded = encoder.encode(sample);
      assertThat(encoded.inputIds())
          .as("%s, ids of sample %s", file, sample.index())
          .containsExactly(GoldenFolder.ints(expected.get("input_ids")));
      assertThat(encoded.labels())
          .as("%s, labels of sample %s", file, sample.index())
          .containsExactly(GoldenFolder.ints(expected.get("labels")));
    }
  }
}
