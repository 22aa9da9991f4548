package io.github.llavamed.cli;

import io.github.llavamed.image.ImageInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** Takes an image from a file or, where the user names one, from a web address. */
final class ImageSource {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_BYTES = 64 << 20;
  private static final int OK = 200;

  private ImageSource() {}

  static ImageInput read(String place) throws IOException {
    return place.startsWith("http://") || place.startsWith("https://")
        ? ImageInput.of(fetch(place), place)
        : ImageInput.of(Path.of(place));
  }

  private static byte[] fetch(String address) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).timeout(TIMEOUT).build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != OK) {
          throw new IOException(
              address + ": expected an image, found HTTP status " + response.statusCode());
        }
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new IOException(address + ": expected at most " + MAX_BYTES + " bytes, found more");
        }
        return bytes;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(address + ": expected an image, found an interrupt", e);
    }
  }
}
