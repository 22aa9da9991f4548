package io.github.llavamed.image.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.image.ImageProcessorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code preprocessor_config.json}.
 *
 * <p>The old form has {@code size} and {@code crop_size} as numbers and a {@code
 * feature_extractor_type}; the new form has objects, {@code image_processor_type} and the switches
 * {@code do_convert_rgb}, {@code do_rescale} and {@code rescale_factor}.
 */
public final class ProcessorConfigReader {
  private static final String FILE = "preprocessor_config.json";
  private static final long MOST_BYTES = 1 << 20;
  private static final int BICUBIC = 3;

  private static final Set<String> TYPES =
      Set.of("CLIPImageProcessor", "CLIPFeatureExtractor", "CLIPImageProcessorFast");

  /** Steps that are always done; a configuration without one is another processor. */
  private static final Set<String> STEPS =
      Set.of("do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb");

  private final Path file;
  private final JsonNode json;

  private ProcessorConfigReader(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  /** Reads the file, or the file in the directory. */
  public static ImageProcessorConfig read(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(
          file.toString(), null, "expected the image processor's configuration");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new UnsupportedModelException(
          "%s: expected at most %d bytes, found %d".formatted(file, MOST_BYTES, Files.size(file)));
    }
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new UnsupportedModelException(
          "%s: expected JSON, found an error: %s".formatted(file, e.getOriginalMessage()));
    }
    if (json == null || !json.isObject()) {
      throw new UnsupportedModelException(file + ": expected a JSON object, found something else");
    }
    return new ProcessorConfigReader(file, json).config();
  }

  private ImageProcessorConfig config() {
    checkType("image_processor_type");
    checkType("feature_extractor_type");
    checkSteps();
    checkResample();
    JsonNode crop = required("crop_size");
    double factor = ImageProcessorConfig.ONE_255TH;
    if (json.has("rescale_factor")) {
      factor = json.path("rescale_factor").doubleValue();
      if (!json.path("rescale_factor").isNumber() || !(factor > 0)) {
        throw wrong("rescale_factor", json.path("rescale_factor"), "a number above 0");
      }
    }
    return new ImageProcessorConfig(
        shortestEdge(),
        crop.isObject() ? pixels("crop_size.height", crop.get("height")) : cropSide(crop),
        crop.isObject() ? pixels("crop_size.width", crop.get("width")) : cropSide(crop),
        factor,
        triple("image_mean", false),
        triple("image_std", true));
  }

  private int shortestEdge() {
    JsonNode size = required("size");
    if (size.isObject()) {
      if (size.size() != 1 || !size.has("shortest_edge")) {
        throw wrong("size", size, "an object with shortest_edge alone, or a number");
      }
      return pixels("size.shortest_edge", size.get("shortest_edge"));
    }
    return pixels("size", size);
  }

  private int cropSide(JsonNode crop) {
    return pixels("crop_size", crop);
  }

  private void checkType(String key) {
    JsonNode type = json.get(key);
    if (type != null && !type.isNull() && !TYPES.contains(type.asText())) {
      throw wrong(key, type, "one of " + TYPES.stream().sorted().toList());
    }
  }

  private void checkSteps() {
    for (Iterator<Map.Entry<String, JsonNode>> i = json.fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> field = i.next();
      if (field.getKey().startsWith("do_") && !field.getValue().isNull()) {
        boolean wanted = STEPS.contains(field.getKey());
        if (!field.getValue().isBoolean() || field.getValue().booleanValue() != wanted) {
          throw wrong(field.getKey(), field.getValue(), wanted ? "true" : "false, or no such key");
        }
      }
    }
  }

  private void checkResample() {
    JsonNode resample = json.get("resample");
    if (resample != null && !(resample.isInt() && resample.intValue() == BICUBIC)) {
      throw wrong("resample", resample, "3 (bicubic)");
    }
  }

  private JsonNode required(String key) {
    JsonNode node = json.get(key);
    if (node == null || node.isNull()) {
      throw new UnsupportedModelException(
          "%s: expected the key %s, found none; use the tower's own file".formatted(file, key));
    }
    return node;
  }

  private int pixels(String key, @Nullable JsonNode node) {
    if (node == null || !node.isInt() || node.intValue() < 1 || node.intValue() > 65_535) {
      throw wrong(key, node, "a whole number of 1 to 65535");
    }
    return node.intValue();
  }

  private List<Double> triple(String key, boolean positive) {
    JsonNode node = required(key);
    List<Double> values = new ArrayList<>();
    for (JsonNode value : node) {
      if (value.isNumber() && (!positive || value.doubleValue() > 0)) {
        values.add(value.doubleValue());
      }
    }
    if (!node.isArray() || node.size() != 3 || values.size() != 3) {
      throw wrong(key, node, positive ? "three numbers above 0" : "three numbers");
    }
    return values;
  }

  private UnsupportedModelException wrong(String key, @Nullable JsonNode found, String allowed) {
    return new UnsupportedModelException(
        "%s: %s: expected %s, found %s".formatted(file, key, allowed, found));
  }
}
