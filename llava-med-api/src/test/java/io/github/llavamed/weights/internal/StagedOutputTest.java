package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedOutputTest {
  @TempDir private Path temp;

  @Test
  void publishesADirectoryWholeAndUnderItsName() throws IOException {
    Path target = temp.resolve("deep/er/model");
    try (StagedOutput staged = StagedOutput.forDirectory(target, List.of(), false, 10)) {
      Files.writeString(staged.directory().resolve("config.json"), "{}");
      assertThat(target).doesNotExist();

      staged.publishDirectory();
    }

    assertThat(target.resolve("config.json")).hasContent("{}");
    assertThat(target.getParent()).isDirectoryContaining("glob:**/model");
    assertThat(target.getParent().toFile().list()).hasSize(1);
  }

  @Test
  void leavesNothingWhenItIsNotPublished() throws IOException {
    try (StagedOutput staged =
        StagedOutput.forDirectory(temp.resolve("model"), List.of(), false, 10)) {
      Files.writeString(staged.directory().resolve("config.json"), "{}");
    }

    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void refusesADirectoryWithFilesUnlessTheyMayBeReplaced() throws IOException {
    Path target = Files.createDirectory(temp.resolve("model"));
    Files.writeString(target.resolve("notes.txt"), "mine");
    for (String old :
        List.of("config.json", "pytorch_model.bin", "model-00001-of-00002.safetensors")) {
      Files.writeString(target.resolve(old), "old");
    }

    assertThatThrownBy(() -> StagedOutput.forDirectory(target, List.of(), false, 10))
        .isInstanceOf(FileAlreadyExistsException.class);
    try (StagedOutput staged = StagedOutput.forDirectory(target, List.of(), true, 10)) {
      Files.writeString(staged.directory().resolve("config.json"), "new");
      Files.writeString(staged.directory().resolve("model.safetensors"), "new");
      staged.publishDirectory();
    }

    assertThat(target.toFile().list())
        .containsExactlyInAnyOrder("notes.txt", "config.json", "model.safetensors");
    assertThat(target.resolve("notes.txt")).hasContent("mine");
    assertThat(target.resolve("config.json")).hasContent("new");
    assertThat(temp.toFile().list()).containsExactly("model");
  }

  @Test
  void neverWritesOverAnInput() throws IOException {
    Path input = Files.createDirectory(temp.resolve("model"));

    assertThatThrownBy(
            () -> StagedOutput.forDirectory(temp.resolve("./model"), List.of(input), true, 10))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("no input");
  }

  @Test
  void refusesAFileWhereADirectoryIsExpectedAndTheOtherWayRound() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> StagedOutput.forDirectory(file, List.of(), true, 10))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> StagedOutput.forFile(temp, true, 10))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void saysHowMuchSpaceIsMissingBeforeAnythingIsWritten() {
    assertThatThrownBy(() -> StagedOutput.requireSpace(temp, 14_000, 9_000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("14000")
        .hasMessageContaining("9000");
    assertThatThrownBy(
            () -> StagedOutput.forDirectory(temp.resolve("m"), List.of(), false, Long.MAX_VALUE))
        .isInstanceOf(IOException.class);
    assertThat(temp).isEmptyDirectory();
  }
}
