package io.github.llavamed.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.image.ImageInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A tiny checkpoint with the values that the original programs produce for it.
 *
 * @param name its name in the manifest
 * @param directory its folder
 * @param expected its {@code expected.json}
 */
public record GoldenCase(String name, Path directory, JsonNode expected) {
  /** Returns every case of the kind {@code model} that has a checkpoint and prompts. */
  public static List<GoldenCase> models() {
    Path folder = GoldenFolder.of("model");
    List<GoldenCase> cases = new ArrayList<>();
    for (JsonNode entry : GoldenFolder.json(folder.resolve("manifest.json")).path("cases")) {
      Path directory = folder.resolve(entry.path("dir").textValue());
      Path file = directory.resolve(entry.path("expected").textValue());
      // The committed subset keeps the whole manifest but not every folder.
      if (Files.isRegularFile(file) && GoldenFolder.json(file).hasNonNull("prompts")) {
        cases.add(
            new GoldenCase(entry.path("name").textValue(), directory, GoldenFolder.json(file)));
      }
    }
    return cases;
  }

  /** Returns the checkpoint directory. */
  public Path checkpoint() {
    return directory.resolve(expected.path("checkpoint").asText("checkpoint"));
  }

  /** Returns whether the expected values belong to the tower beside the checkpoint. */
  public boolean usesStockTower() {
    return expected.path("tower_source").asText().startsWith("STOCK");
  }

  /** Returns the prompts by name. */
  public Stream<Map.Entry<String, JsonNode>> prompts() {
    Iterable<Map.Entry<String, JsonNode>> entries = expected.path("prompts").properties();
    return StreamSupport.stream(entries.spliterator(), false);
  }

  /** Returns the images of a prompt. */
  public List<ImageInput> images(JsonNode prompt) {
    List<ImageInput> images = new ArrayList<>();
    for (JsonNode image : prompt.path("images")) {
      images.add(ImageInput.of(directory.resolve(image.textValue())));
    }
    return images;
  }

  /** Returns the different images of all prompts, in order. */
  public List<ImageInput> allImages() {
    return prompts()
        .flatMap(
            prompt -> StreamSupport.stream(prompt.getValue().path("images").spliterator(), false))
        .map(JsonNode::textValue)
        .distinct()
        .map(name -> ImageInput.of(directory.resolve(name)))
        .toList();
  }

  /** Returns the values of an array entry {@code {"file", "dtype", "shape"}}. */
  public float[] floats(JsonNode array) {
    return GoldenFolder.floats(directory.resolve(array.path("file").textValue()));
  }

  /**
   * Returns how many of the greedy ids are certain: those before the first step whose two best
   * logits are closer than the margin that the goldens state.
   */
  public static int certainIds(JsonNode greedy, double margin) {
    JsonNode steps = greedy.path("top5");
    for (int i = 0; i < steps.size(); i++) {
      double best = steps.get(i).get(0).get(1).doubleValue();
      if (best - steps.get(i).get(1).get(1).doubleValue() <= margin) {
        return i;
      }
    }
    return greedy.path("ids").size();
  }

  @Override
  public String toString() {
    return name;
  }
}
