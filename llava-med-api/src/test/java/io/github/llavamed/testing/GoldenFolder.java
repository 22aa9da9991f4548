package io.github.llavamed.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the golden cases: the folder of the system property {@code llavamed.golden}, otherwise the
 * subset in the test resources of the API module.
 *
 * <p>A relative property is taken from the directory of the outermost build. A folder without the
 * asked kind falls back to nothing: tests over it then run on the committed subset, and say so by
 * their display names.
 */
public final class GoldenFolder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private GoldenFolder() {}

  /** Returns the folder of a kind: {@code model}, {@code text}, {@code image} … */
  public static Path of(String kind) {
    String property = System.getProperty("llavamed.golden");
    if (property != null && !property.isBlank()) {
      Path folder = root().resolve(property).normalize().resolve(kind);
      if (Files.isDirectory(folder)) {
        return folder;
      }
      if (!Files.isDirectory(folder.getParent())) {
        throw new IllegalStateException(
            "llavamed.golden: expected a folder, found nothing at " + folder.getParent());
      }
    }
    return committed(kind);
  }

  /** Returns the folder of a kind in the committed subset. */
  public static Path committed(String kind) {
    return root().resolve("llava-med-api/src/test/resources/golden").resolve(kind);
  }

  /** Returns the root directory of the source tree. */
  public static Path root() {
    String property = System.getProperty("llavamed.root");
    if (property != null) {
      return Path.of(property);
    }
    Path directory = Path.of("").toAbsolutePath();
    while (directory != null && !Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    if (directory == null) {
      throw new IllegalStateException(
          "source tree not found above " + Path.of("").toAbsolutePath());
    }
    return directory;
  }

  /** Reads a JSON file. */
  public static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a little-endian float32 file. */
  public static float[] floats(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[bytes.remaining() / 4];
      bytes.asFloatBuffer().get(values);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a JSON array of integers. */
  public static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }
}
