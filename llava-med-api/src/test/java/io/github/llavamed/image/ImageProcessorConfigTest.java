package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading of {@code preprocessor_config.json}. */
class ImageProcessorConfigTest {
  private static final String STATISTICS =
      """
      "image_mean": [0.48145466, 0.4578275, 0.40821073],
      "image_std": [0.26862954, 0.26130258, 0.27577711],
      """;

  private static final String NEW_FORM =
      """
      {"crop_size": {"height": 336, "width": 336}, "do_center_crop": true,
      "do_convert_rgb": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
      %s
      "image_processor_type": "CLIPImageProcessor", "resample": 3,
      "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 336}}
      """
          .formatted(STATISTICS);

  private static final String OLD_FORM =
      """
      {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true,
      %s
      "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 224}
      """
          .formatted(STATISTICS);

  @TempDir private Path folder;

  @Test
  void readsTheNewForm() throws IOException {
    assertThat(load(NEW_FORM)).isEqualTo(ImageProcessorConfig.clip(336));
  }

  @Test
  void readsTheOldForm() throws IOException {
    assertThat(load(OLD_FORM)).isEqualTo(ImageProcessorConfig.clip(224));
  }

  @Test
  void readsTheFileOfADirectory() throws IOException {
    load(OLD_FORM);

    assertThat(ImageProcessorConfig.load(folder)).isEqualTo(ImageProcessorConfig.clip(224));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"resample\": 3|\"resample\": 2|resample|3 (bicubic)",
        "\"do_rescale\": true|\"do_rescale\": false|do_rescale|true",
        "\"do_resize\": true|\"do_resize\": true, \"do_pad\": true|do_pad|false",
        "\"CLIPImageProcessor\"|\"ViTImageProcessor\"|image_processor_type|CLIPImageProcessor",
        "\"shortest_edge\": 336|\"longest_edge\": 336|size|shortest_edge",
        "{\"shortest_edge\": 336}|[336, 336]|size|1 to 16384",
        "\"shortest_edge\": 336|\"shortest_edge\": -1|size.shortest_edge|1 to 16384",
        "\"width\": 336|\"depth\": 336|crop_size.width|1 to 16384",
        "0.00392156862745098|\"x\"|rescale_factor|a number above 0",
        "0.27577711]|0]|image_std|three numbers above 0",
        ", 0.40821073]|]|image_mean|three numbers",
      })
  void refusesUnknownValuesByKey(String good, String bad, String key, String allowed) {
    assertThat(NEW_FORM).contains(good);

    assertThatThrownBy(() -> load(NEW_FORM.replace(good, bad)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("preprocessor_config.json", key, allowed, "found");
  }

  @Test
  void refusesAMissingKey() {
    assertThatThrownBy(() -> load("{}"))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("crop_size");
  }

  @Test
  void refusesWhatIsNoJson() {
    assertThatThrownBy(() -> load("{\"size\": "))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("expected JSON");
    assertThatThrownBy(() -> load("[]"))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("JSON object");
  }

  @Test
  void reportsAMissingFile() {
    assertThatThrownBy(() -> ImageProcessorConfig.load(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none");
  }

  private ImageProcessorConfig load(String json) throws IOException {
    Path file = folder.resolve("preprocessor_config.json");
    Files.writeString(file, json);
    return ImageProcessorConfig.load(file);
  }
}
