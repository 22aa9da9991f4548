package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test per rule of the safetensors format. */
class SafetensorsRulesTest {
  private static final String GOOD =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

  @TempDir Path directory;

  @Test
  void readsWhatTheRulesAllow() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file(SafetensorsBytes.of(GOOD + "  ", 8)))) {
      assertThat(checkpoint.tensor("a").toFloats()).containsExactly(0, 0);
      assertThat(checkpoint.metadata()).isEmpty();
    }
  }

  @Test
  void skipsMembersThatTheFormatDoesNotKnow() throws IOException {
    String header = GOOD.replace("\"shape\"", "\"note\":{\"x\":[1,{}]},\"shape\"");
    try (Checkpoint checkpoint = Checkpoint.open(file(SafetensorsBytes.of(header, 8)))) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void rejectsFileShorterThanLengthField() {
    rejects(CheckpointRule.HEADER_LENGTH_FIELD, new byte[7]);
  }

  @Test
  void rejectsHeaderAboveLimit() throws IOException {
    byte[] bytes = SafetensorsBytes.of(GOOD, 8);
    CheckpointLimits limits = CheckpointLimits.defaults().toBuilder().headerBytes(10).build();
    rejects(CheckpointRule.HEADER_LIMIT, bytes, limits);
  }

  @Test
  void rejectsHeaderLengthAboveLongMaximum() {
    byte[] bytes = SafetensorsBytes.of(GOOD, 8);
    bytes[7] = (byte) 0x80;
    rejects(CheckpointRule.HEADER_LIMIT, bytes);
  }

  @Test
  void rejectsHeaderLongerThanFile() {
    byte[] bytes = SafetensorsBytes.of(GOOD, 0);
    bytes[0]++;
    rejects(CheckpointRule.HEADER_WITHIN_FILE, bytes);
  }

  @Test
  void rejectsHeaderThatDoesNotBeginWithBrace() {
    rejects(CheckpointRule.HEADER_START, " " + GOOD, 8);
    rejects(CheckpointRule.HEADER_START, "", 0);
    rejects(CheckpointRule.HEADER_START, "[]", 0);
  }

  @Test
  void rejectsHeaderThatIsNotUtf8() {
    byte[] header = GOOD.replace('a', '\u00e4').getBytes(StandardCharsets.ISO_8859_1);
    rejects(CheckpointRule.HEADER_UTF8, SafetensorsBytes.of(header, 8));
  }

  @Test
  void rejectsUnpairedSurrogates() {
    rejects(CheckpointRule.HEADER_JSON, GOOD.replace("\"a\"", "\"\\ud800\""), 8);
    rejects(CheckpointRule.HEADER_JSON, GOOD.replace("\"a\"", "\"\\udc00\""), 8);
    for (String bad : new String[] {"\\ud800", "\\ud800x", "\\udc00", "\\ud800\\ud800"}) {
      rejects(CheckpointRule.HEADER_UTF8, "{\"__metadata__\":{\"a\":\"" + bad + "\"}}", 0);
    }
  }

  @Test
  void rejectsHeaderThatIsNotOneJsonObject() {
    rejects(CheckpointRule.HEADER_JSON, "{a:1}", 0);
    rejects(CheckpointRule.HEADER_JSON, "{", 0);
    rejects(CheckpointRule.HEADER_JSON, "{}{}", 0);
    rejects(CheckpointRule.HEADER_JSON, "{}x", 0);
  }

  @Test
  void rejectsUtf16Header() {
    byte[] header = GOOD.getBytes(StandardCharsets.UTF_16LE);
    rejects(CheckpointRule.HEADER_JSON, SafetensorsBytes.of(header, 8));
  }

  @Test
  void rejectsDeepNesting() {
    String deep = "[".repeat(65) + "]".repeat(65);
    rejects(
        CheckpointRule.HEADER_JSON, GOOD.replace("\"shape\"", "\"x\":" + deep + ",\"shape\""), 8);
  }

  @Test
  void rejectsTensorNamedTwice() {
    String one = GOOD.substring(1, GOOD.length() - 1);
    rejects(CheckpointRule.TENSOR_NAME_UNIQUE, "{" + one + "," + one + "}", 8);
    rejects(
        CheckpointRule.TENSOR_NAME_UNIQUE,
        "{" + one + "," + one.replace("a\":{", "\\u0061\":{") + "}",
        8);
  }

  @Test
  void rejectsTooManyTensors() throws IOException {
    Path file = directory.resolve("many.safetensors");
    SafetensorsBytes.write(file, "a", "b", "c");
    CheckpointLimits limits = CheckpointLimits.defaults().toBuilder().tensors(2).build();
    rejects(CheckpointRule.TENSOR_COUNT, Files.readAllBytes(file), limits);
  }

  @Test
  void rejectsMetadataOtherThanStrings() {
    rejects(CheckpointRule.METADATA, "{\"__metadata__\":{\"a\":1}}", 0);
    rejects(CheckpointRule.METADATA, "{\"__metadata__\":[]}", 0);
    rejects(CheckpointRule.METADATA, "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0);
    rejects(CheckpointRule.METADATA, "{\"__metadata__\":{},\"__metadata__\":{}}", 0);
  }

  @Test
  void rejectsTensorWithoutItsFields() {
    rejects(CheckpointRule.TENSOR_FIELDS, "{\"a\":{}}", 0);
    rejects(CheckpointRule.TENSOR_FIELDS, "{\"a\":1}", 0);
    rejects(CheckpointRule.TENSOR_FIELDS, GOOD.replace("\"dtype\":\"F32\",", ""), 8);
    rejects(CheckpointRule.TENSOR_FIELDS, GOOD.replace("\"shape\":[2],", ""), 8);
    rejects(CheckpointRule.TENSOR_FIELDS, GOOD.replace(",\"data_offsets\":[0,8]", ""), 8);
    rejects(CheckpointRule.TENSOR_FIELDS, GOOD.replace("\"F32\"", "1"), 8);
    rejects(CheckpointRule.TENSOR_FIELDS, GOOD.replace("[2]", "2"), 8);
    rejects(CheckpointRule.TENSOR_FIELDS, GOOD.replace("[0,8]", "{}"), 8);
    rejects(
        CheckpointRule.TENSOR_FIELDS,
        GOOD.replace("\"shape\":[2]", "\"shape\":[2],\"shape\":[2]"),
        8);
  }

  @Test
  void rejectsUnknownElementType() {
    rejects(CheckpointRule.DTYPE, GOOD.replace("F32", "f32"), 8);
    rejects(CheckpointRule.DTYPE, GOOD.replace("F32", "F4"), 8);
  }

  @Test
  void rejectsTooManyDimensions() {
    rejects(CheckpointRule.SHAPE_RANK, GOOD.replace("[2]", "[2" + ",1".repeat(64) + "]"), 8);
  }

  @Test
  void rejectsDimensionsOtherThanNaturalNumbers() {
    for (String bad :
        new String[] {"-2", "-0", "2.0", "2e0", "\"2\"", "null", "[2]", "9223372036854775808"}) {
      rejects(CheckpointRule.SHAPE_DIMENSION, GOOD.replace("[2]", "[" + bad + "]"), 8);
    }
  }

  @Test
  void rejectsShapeThatOverflows() {
    rejects(CheckpointRule.SHAPE_OVERFLOW, GOOD.replace("[2]", "[4294967296,4294967296]"), 8);
    rejects(CheckpointRule.SHAPE_OVERFLOW, GOOD.replace("[2]", "[4611686018427387904]"), 8);
  }

  @Test
  void rejectsOffsetsOtherThanTwoOrderedNumbers() {
    for (String bad :
        new String[] {"8", "0,8,8", "8,0", "-1,8", "0,8.0", "\"0\",8", "0,18446744073709551616"}) {
      rejects(CheckpointRule.OFFSETS, GOOD.replace("[0,8]", "[" + bad + "]"), 8);
    }
  }

  @Test
  void rejectsHolesAndOverlaps() {
    String second = ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}";
    String first = GOOD.substring(0, GOOD.length() - 1);
    rejects(CheckpointRule.OFFSETS_CONTIGUOUS, first + second.formatted(4, 12), 12);
    rejects(CheckpointRule.OFFSETS_CONTIGUOUS, first + second.formatted(0, 8), 8);
    rejects(CheckpointRule.OFFSETS_CONTIGUOUS, first + second.formatted(12, 20), 20);
    rejects(CheckpointRule.OFFSETS_CONTIGUOUS, GOOD.replace("[0,8]", "[1,9]"), 9);
  }

  @Test
  void rejectsSizeThatDoesNotFitTheShape() {
    rejects(CheckpointRule.TENSOR_SIZE, GOOD.replace("[2]", "[3]"), 8);
    rejects(CheckpointRule.TENSOR_SIZE, GOOD.replace("[2]", "[4294967296]"), 8);
  }

  @Test
  void rejectsDataThatTheTensorsDoNotCover() {
    rejects(CheckpointRule.DATA_COVERAGE, GOOD, 7);
    rejects(CheckpointRule.DATA_COVERAGE, GOOD, 9);
    rejects(CheckpointRule.DATA_COVERAGE, "{}", 1);
  }

  @Test
  void recognisesGitLfsPointersAndWebPages() {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n";
    assertThat(rejects(CheckpointRule.LFS_POINTER, pointer.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("git lfs pull");
    byte[] page = "\n<!DOCTYPE html><html>".getBytes(StandardCharsets.UTF_8);
    assertThat(rejects(CheckpointRule.HTML_PAGE, page)).hasMessageContaining("download");
  }

  private void rejects(CheckpointRule rule, String header, int dataBytes) {
    rejects(rule, SafetensorsBytes.of(header, dataBytes));
  }

  private MalformedCheckpointException rejects(CheckpointRule rule, byte[] bytes) {
    return rejects(rule, bytes, CheckpointLimits.defaults());
  }

  private MalformedCheckpointException rejects(
      CheckpointRule rule, byte[] bytes, CheckpointLimits limits) {
    Path file = file(bytes);
    MalformedCheckpointException refused =
        catchThrowableOfType(
            MalformedCheckpointException.class, () -> Checkpoint.open(file, limits));
    assertThat(refused).as(rule.name()).isNotNull();
    assertThat(refused.rule()).as(refused.getMessage()).isEqualTo(rule);
    assertThat(refused.file()).isEqualTo(file);
    assertThat(refused.expected()).isNotBlank();
    assertThat(refused.found()).isNotBlank();
    assertThat(refused).hasMessageContaining("file.safetensors").hasMessageContaining(rule.text());
    return refused;
  }

  private Path file(byte[] bytes) {
    return SafetensorsBytes.write(directory.resolve("file.safetensors"), bytes);
  }
}
