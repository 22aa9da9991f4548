package io.github.llavamed.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One golden model: its checkpoint, its expected values, and its prompts as segments.
 *
 * @param folder the case's folder
 * @param checkpoint name of the checkpoint directory in it
 * @param expected {@code expected.json}
 */
public record GoldenForward(Path folder, String checkpoint, JsonNode expected) {
  private static final int IMAGE_SENTINEL = -200;

  /** Returns all cases with prompts, those with two checkpoint layouts twice. */
  public static Stream<GoldenForward> all() throws IOException {
    List<GoldenForward> cases = new ArrayList<>();
    try (Stream<Path> folders = Files.list(GoldenFolder.of("model"))) {
      for (Path folder : folders.sorted().toList()) {
        Path file = folder.resolve("expected.json");
        JsonNode expected = Files.exists(file) ? GoldenFolder.json(file) : null;
        if (expected != null && expected.has("prompts")) {
          cases.add(new GoldenForward(folder, expected.path("checkpoint").asText(), expected));
          if (expected.has("checkpoint_v5")) {
            String other = expected.get("checkpoint_v5").get("dir").asText();
            cases.add(new GoldenForward(folder, other, expected));
          }
        }
      }
    }
    return cases.stream();
  }

  @Override
  public String toString() {
    return folder.getFileName() + "/" + checkpoint;
  }

  /** Loads the model as the original does: with the stock tower where there is a choice. */
  public LoadedModel load(VisionTowerSource.Choice tower) throws IOException {
    return ModelLoader.load(
        folder.resolve(checkpoint), LoadOptions.defaults().withVisionTower(tower));
  }

  /** Returns the tower that the expected values of the prompts were made with. */
  public VisionTowerSource.Choice tower() {
    return expected.has("vision_tower")
        ? VisionTowerSource.Choice.STOCK
        : VisionTowerSource.Choice.AUTOMATIC;
  }

  /** Returns the prompts by name. */
  public Map<String, JsonNode> prompts() {
    Map<String, JsonNode> prompts = new LinkedHashMap<>();
    expected.get("prompts").properties().forEach(e -> prompts.put(e.getKey(), e.getValue()));
    return prompts;
  }

  /** Returns the values of an array node, or null if it was not recorded. */
  public float[] floats(JsonNode array) {
    return array.hasNonNull("file")
        ? GoldenFolder.floats(folder.resolve(array.get("file").asText()))
        : null;
  }

  /** Returns the preprocessed images of a list of image files. */
  public List<PixelValues> images(JsonNode files, LlavaConfig config) {
    Map<String, float[]> known = pixelValues();
    int size = config.visionTower().imageSize();
    List<PixelValues> images = new ArrayList<>();
    for (JsonNode file : files) {
      String name = file.asText().replaceFirst(".*/", "").replaceFirst("[.][^.]*$", "");
      float[] values = known.get(name);
      if (values == null) {
        throw new AssertionError(this + ": no pixel values of image " + file);
      }
      images.add(new PixelValues(values, 3, size, size));
    }
    return images;
  }

  private Map<String, float[]> pixelValues() {
    Map<String, float[]> known = new LinkedHashMap<>();
    for (String key : List.of("pixel_values", "pixel_values_other")) {
      for (Map.Entry<String, JsonNode> entry : expected.path(key).properties()) {
        JsonNode node = entry.getValue();
        for (String form : List.of("floor_offset", "pixel_values")) {
          node = node.has(form) ? node.get(form) : node;
        }
        known.put(entry.getKey(), floats(node));
      }
    }
    for (JsonNode prompt : prompts().values()) {
      float[] values = floats(prompt.path("pixel_values"));
      int count = prompt.path("images").size();
      for (int i = 0; values != null && i < count; i++) {
        int length = values.length / count;
        String name = prompt.get("images").get(i).asText();
        known.put(
            name.replaceFirst(".*/", "").replaceFirst("[.][^.]*$", ""),
            Arrays.copyOfRange(values, i * length, (i + 1) * length));
      }
    }
    return known;
  }

  /** Returns ids as segments: every place of an image becomes an image segment. */
  public List<InputSegment> segments(int[] ids, LlavaConfig config) {
    int rows = config.imageFeatureCount();
    boolean expands = config.family() == ModelFamily.LLAVA_V1_5;
    int placeholder = placeholder(config);
    List<InputSegment> segments = new ArrayList<>();
    int images = 0;
    int text = 0;
    for (int i = 0; i < ids.length; ) {
      if (ids[i] == placeholder) {
        addTokens(segments, Arrays.copyOfRange(ids, text, i));
        segments.add(new ImageSegment(images++, 0, rows));
        i += expands ? 1 : rows;
        text = i;
      } else {
        i++;
      }
    }
    addTokens(segments, Arrays.copyOfRange(ids, text, ids.length));
    return cut(segments, config);
  }

  private int placeholder(LlavaConfig config) {
    return switch (config.family()) {
      case LLAVA_V1_5 -> IMAGE_SENTINEL;
      case LLAVA_V1_0 -> expected.get("ids").get("im_patch").asInt();
      case HF_LLAVA -> expected.get("image_token_index").asInt();
    };
  }

  private static void addTokens(List<InputSegment> segments, int[] ids) {
    if (ids.length > 0) {
      segments.add(TokenSegment.of(ids));
    }
  }

  /** Cuts the end of what is longer than the v1.5 loader lets through. */
  private static List<InputSegment> cut(List<InputSegment> segments, LlavaConfig config) {
    Integer limit = config.tokenizerModelMaxLength();
    if (limit == null || config.family() != ModelFamily.LLAVA_V1_5) {
      return segments;
    }
    List<InputSegment> kept = new ArrayList<>();
    int room = limit;
    for (InputSegment segment : segments) {
      int length = Math.min(room, segment.length());
      if (length > 0 && segment instanceof ImageSegment image) {
        kept.add(new ImageSegment(image.imageIndex(), image.firstRow(), length));
      } else if (length > 0 && segment instanceof TokenSegment tokens) {
        kept.add(TokenSegment.of(Arrays.copyOf(tokens.ids(), length)));
      }
      room -= length;
    }
    return kept;
  }
}
