package io.github.llavamed.eval.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.IntendedDifferences;
import io.github.llavamed.eval.generation.AnswerFiles;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class ChunkingGoldenTest {
  @TempDir Path folder;

  private static Stream<JsonNode> chunkCases(String key) {
    return EvalGolden.jsons("chunking", json -> json.has(key))
        .flatMap(json -> json.get(key).valueStream());
  }

  static Stream<JsonNode> split() {
    return chunkCases("cases");
  }

  @ParameterizedTest
  @MethodSource("split")
  void splitsIntoConsecutiveChunks(JsonNode golden) {
    List<Integer> items = items(golden.get("items").intValue());
    int chunks = golden.get("num_chunks").intValue();

    if (golden.has("error")) {
      assertThatThrownBy(() -> Chunks.split(items, chunks)).isInstanceOf(EvaluationException.class);
      return;
    }
    List<List<Integer>> parts = Chunks.split(items, chunks);

    assertThat(parts.stream().map(List::size))
        .containsExactlyElementsOf(sizes(golden.get("chunk_sizes")));
    assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(items);
    assertThat(parts).hasSize(golden.get("valid_indices").intValue());
    for (int k = 0; k < chunks; k++) {
      assertThat(Chunks.chunk(items, chunks, k))
          .isEqualTo(k < parts.size() ? parts.get(k) : List.of());
    }
  }

  static Stream<JsonNode> ofSize() {
    return chunkCases("chunk");
  }

  @ParameterizedTest
  @MethodSource("ofSize")
  void cutsChunksOfAFixedSize(JsonNode golden) {
    List<Integer> items = items(golden.get("items").intValue());

    List<List<Integer>> parts = Chunks.ofSize(items, golden.get("n").intValue());

    assertThat(parts.stream().map(List::size))
        .containsExactlyElementsOf(sizes(golden.get("chunks")));
    assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(items);
  }

  private static List<Integer> items(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static List<Integer> sizes(JsonNode array) {
    List<Integer> sizes = new ArrayList<>();
    array.forEach(size -> sizes.add(size.intValue()));
    return sizes;
  }

  static Stream<Path> batches() {
    return EvalGolden.cases("batch_inference").stream();
  }

  @ParameterizedTest
  @MethodSource("batches")
  void mergesChunkFilesByteForByte(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    List<String> contents = EvalGolden.texts(expected.get("chunk_file_contents"));
    assumeFalse(IntendedDifferences.contains("batch_inference", golden), "differs on purpose");
    assumeTrue(expected.get("error").isNull(), "a chunk fails");
    List<String> args = EvalGolden.texts(expected.get("args"));
    int answers = args.indexOf("--answers-file");
    Path name =
        Path.of(answers < 0 ? expected.get("merged_file").textValue() : args.get(answers + 1));
    ChunkedAnswers files = ChunkedAnswers.of(folder.resolve(name), contents.size());
    Files.createDirectories(files.mergedFile().getParent());
    for (int k = 0; k < contents.size(); k++) {
      Files.writeString(files.chunkFiles().get(k), contents.get(k));
    }

    files.merge();

    assertThat(files.mergedFile())
        .isEqualTo(folder.resolve(expected.get("merged_file").textValue()))
        .hasContent(expected.get("merged_content").textValue());
    try (Stream<Path> left = Files.walk(folder)) {
      assertThat(
              left.filter(Files::isRegularFile)
                  .map(path -> folder.relativize(path).toString())
                  .sorted())
          .containsExactlyElementsOf(EvalGolden.texts(expected.get("files_left")));
    }
  }

  @ParameterizedTest
  @MethodSource("batches")
  void handsEveryChunkTheOriginalsFilesAndNumbers(Path golden) {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    assumeFalse(IntendedDifferences.contains("batch_inference", golden), "differs on purpose");
    List<String> commands =
        EvalGolden.texts(expected.get("commands")).stream()
            .filter(command -> command.contains("--chunk-idx "))
            .toList();
    ChunkedAnswers answers =
        ChunkedAnswers.of(
            Path.of(expected.get("merged_file").textValue()),
            expected.get("max_workers").intValue());

    assertThat(commands).hasSameSizeAs(answers.chunkFiles());
    for (int k = 0; k < commands.size(); k++) {
      AnswerFiles files =
          AnswerFiles.of(Path.of("q"), Path.of("i"), answers.mergedFile())
              .chunk(commands.size(), k, answers.chunkFiles().get(k));
      assertThat(commands.get(k).replace("--answers-file ./", "--answers-file "))
          .contains(
              "--answers-file %s --num-chunks %d --chunk-idx %d "
                  .formatted(files.answers(), files.numChunks(), files.chunkIndex()));
    }
  }

  @Test
  void cutsOnlyTheEndingOfAFileName() {
    ChunkedAnswers files = ChunkedAnswers.of(Path.of("a/x.jsonl.d/y.jsonl"), 2);

    assertThat(files.mergedFile()).isEqualTo(Path.of("a/x.jsonl.d/y.jsonl"));
    assertThat(files.chunkFiles())
        .containsExactly(
            Path.of("a/x.jsonl.d/y-chunk0.jsonl"), Path.of("a/x.jsonl.d/y-chunk1.jsonl"));
  }

  @Test
  void leavesNoHalfMergedFileWhenAChunkIsMissing() throws IOException {
    ChunkedAnswers files = ChunkedAnswers.of(folder.resolve("y.jsonl"), 2);
    Files.writeString(files.chunkFiles().get(0), "{}\n");

    assertThatThrownBy(files::merge).isInstanceOf(IOException.class);
    assertThat(files.mergedFile()).doesNotExist();
  }
}
