package io.github.llavamed.onnx.internal.store;

import io.github.llavamed.onnx.internal.graph.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Size and hash of a file.
 *
 * @param bytes its size
 * @param sha256 its SHA-256 in lower-case hex
 */
public record FileRecord(long bytes, String sha256) {
  private static final int BUFFER_BYTES = 1 << 20;

  /** Reads a file and returns its record. */
  public static FileRecord of(Path file) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      while (in.read(buffer) >= 0) {
        // The stream hashes what is read.
      }
    }
    return new FileRecord(Files.size(file), HexFormat.of().formatHex(digest.digest()));
  }
}
