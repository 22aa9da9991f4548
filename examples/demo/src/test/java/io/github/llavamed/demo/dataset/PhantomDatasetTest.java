package io.github.llavamed.demo.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import io.github.llavamed.trainer.data.InstructionFile;
import io.github.llavamed.trainer.data.InstructionSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhantomDatasetTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DatasetSizes SMALL = new DatasetSizes(12, 6, 20, 8, 3, 4);

  @TempDir static Path directory;

  @BeforeAll
  static void write() throws IOException {
    PhantomDataset.write(directory, SMALL, 0);
  }

  private static Map<String, byte[]> contents(Path folder) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return contents;
  }

  @Test
  void theSameSeedGivesTheSameFilesAndAnotherSeedTheSameTest(@TempDir Path other)
      throws IOException {
    PhantomDataset.write(other.resolve("same"), SMALL, 0);
    PhantomDataset.write(other.resolve("seed"), SMALL, 1);
    Map<String, byte[]> first = contents(directory);
    Map<String, byte[]> changed = contents(other.resolve("seed"));

    assertThat(contents(other.resolve("same"))).usingRecursiveComparison().isEqualTo(first);
    assertThat(changed.keySet()).isEqualTo(first.keySet());
    for (String name : first.keySet()) {
      boolean test = name.contains("test");
      assertThat(Arrays.equals(changed.get(name), first.get(name))).as(name).isEqualTo(test);
    }
  }

  @Test
  void theTrainerReadsEveryFileOfAStage() throws IOException {
    Map<String, Integer> sizes =
        Map.of(
            PhantomDataset.DIALOGUES, 20,
            PhantomDataset.ALIGNMENT, 12,
            PhantomDataset.INSTRUCT, 12,
            PhantomDataset.TRAIN, 72);
    for (Map.Entry<String, Integer> entry : sizes.entrySet()) {
      try (InstructionFile file = InstructionFile.open(directory.resolve(entry.getKey()))) {
        assertThat(file.size()).as(entry.getKey()).isLessThanOrEqualTo(entry.getValue());
        for (int i = 0; i < file.size(); i++) {
          InstructionSample sample = file.get(i);
          boolean text = entry.getKey().equals(PhantomDataset.DIALOGUES);
          assertThat(sample.image() == null).isEqualTo(text);
          assertThat(sample.turns()).hasSizeGreaterThanOrEqualTo(2);
          assertThat(sample.turns().get(0).value().startsWith("<image>\n")).isEqualTo(!text);
        }
      }
    }
  }

  @Test
  void theAlignmentFileHasThePublishedSpelling() throws IOException {
    JsonNode entries = JSON.readTree(directory.resolve(PhantomDataset.ALIGNMENT).toFile());

    entries.forEach(entry -> assertThat(entry.has("conversatons")).isTrue());
  }

  @Test
  void theEvaluationReadsTheTestAndItsPicturesExist() throws IOException {
    VqaDataset test =
        MedicalVqaDataset.read(directory.resolve(PhantomDataset.TEST), EvaluationOptions.DEFAULT);
    List<String> images = new ArrayList<>();
    JSON.readTree(directory.resolve(PhantomDataset.TEST).toFile())
        .forEach(entry -> images.add(entry.get("image").asText()));

    assertThat(test.samples()).hasSize(24);
    for (String image : images) {
      assertThat(image).startsWith("test_");
      var picture = ImageIO.read(directory.resolve("images").resolve(image).toFile());
      assertThat(picture.getWidth()).isEqualTo(PhantomDataset.IMAGE_SIZE);
    }
  }

  @Test
  void writesAContactSheetToLookAt() throws IOException {
    var sheet = ImageIO.read(directory.resolve(PhantomDataset.CONTACT_SHEET).toFile());

    assertThat(sheet.getWidth()).isGreaterThan(700);
    assertThat(sheet.getHeight()).isGreaterThan(1200);
  }

  @Test
  void rejectsEmptyDataSets() {
    assertThatThrownBy(() -> new DatasetSizes(0, 1, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trainImages: expected 1 or more, found 0");
  }
}
