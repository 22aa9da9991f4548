package io.github.llavamed.onnx.internal.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code manifest.json} of an export.
 *
 * @param key what the export was made from
 * @param onnxruntimeVersion the runtime it was made with; informative, graphs do not depend on it
 * @param files its files by name
 */
public record ExportManifest(
    ExportKey key, String onnxruntimeVersion, Map<String, FileRecord> files) {
  /** Largest manifest that is read: ours have about one kilobyte. */
  private static final long MAX_BYTES = 64 << 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the map. */
  public ExportManifest {
    files = Map.copyOf(files);
  }

  /** Writes the manifest into an export's directory. */
  public void write(Path directory) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("exporterVersion", key.exporterVersion());
    root.put("weightsHash", key.weightsHash());
    root.put("configDigest", key.configDigest());
    root.put("precision", key.precision());
    root.put("onnxruntimeVersion", onnxruntimeVersion);
    ObjectNode listed = root.putObject("files");
    for (String name : ExportFiles.required()) {
      FileRecord file = files.get(name);
      if (file == null) {
        throw new IllegalStateException("export without " + name);
      }
      put(listed, name, file);
    }
    for (String name : ExportFiles.optional()) {
      FileRecord file = files.get(name);
      if (file != null) {
        put(listed, name, file);
      }
    }
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(directory.resolve(ExportFiles.MANIFEST).toFile(), root);
  }

  private static void put(ObjectNode listed, String name, FileRecord file) {
    listed.putObject(name).put("bytes", file.bytes()).put("sha256", file.sha256());
  }

  /**
   * Reads the manifest of an export's directory.
   *
   * @throws IOException if it cannot be read or is not a manifest
   */
  static ExportManifest read(Path directory) throws IOException {
    Path file = directory.resolve(ExportFiles.MANIFEST);
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + ": more than " + MAX_BYTES + " bytes");
    }
    JsonNode root = parse(file);
    Map<String, FileRecord> files = new LinkedHashMap<>();
    JsonNode listed = root.path("files");
    for (String name : ExportFiles.required()) {
      files.put(name, record(file, listed, name));
    }
    for (String name : ExportFiles.optional()) {
      if (listed.has(name)) {
        files.put(name, record(file, listed, name));
      }
    }
    ExportKey key =
        new ExportKey(
            root.path("exporterVersion").asInt(-1),
            text(file, root, "weightsHash"),
            text(file, root, "configDigest"),
            text(file, root, "precision"));
    return new ExportManifest(key, text(file, root, "onnxruntimeVersion"), files);
  }

  private static FileRecord record(Path file, JsonNode listed, String name) throws IOException {
    JsonNode entry = listed.path(name);
    JsonNode bytes = entry.path("bytes");
    if (!bytes.isIntegralNumber()) {
      throw new IOException(file + ": no size of " + name);
    }
    return new FileRecord(bytes.longValue(), text(file, entry, "sha256"));
  }

  private static JsonNode parse(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": not JSON", e);
    }
  }

  private static String text(Path file, JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IOException(file + ": no text '" + field + "'");
    }
    return value.textValue();
  }
}
