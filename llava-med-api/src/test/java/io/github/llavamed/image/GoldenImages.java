package io.github.llavamed.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads the golden folder of images. */
final class GoldenImages {
  static final Path FOLDER = GoldenFolder.of("image");
  static final JsonNode MANIFEST = GoldenFolder.json(FOLDER.resolve("manifest.json"));

  private static final ImageDecoder DECODER = ImageDecoder.create(ImageLimits.defaults());

  private GoldenImages() {}

  /** Returns the names and entries of an object of the manifest. */
  static List<Map.Entry<String, JsonNode>> entries(String key) {
    List<Map.Entry<String, JsonNode>> entries = new ArrayList<>();
    MANIFEST.path(key).fields().forEachRemaining(entries::add);
    return entries;
  }

  static RgbImage decode(Path file) {
    try {
      return DECODER.decode(ImageInput.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the largest and the mean difference of two images of the same size. */
  static double[] difference(RgbImage actual, RgbImage expected) {
    if (actual.width() != expected.width() || actual.height() != expected.height()) {
      throw new AssertionError(
          "expected %d x %d, found %d x %d"
              .formatted(expected.width(), expected.height(), actual.width(), actual.height()));
    }
    int worst = 0;
    long sum = 0;
    for (int i = 0; i < actual.rgb().length; i++) {
      int difference = Math.abs((actual.rgb()[i] & 0xff) - (expected.rgb()[i] & 0xff));
      worst = Math.max(worst, difference);
      sum += difference;
    }
    return new double[] {worst, (double) sum / actual.rgb().length};
  }
}
