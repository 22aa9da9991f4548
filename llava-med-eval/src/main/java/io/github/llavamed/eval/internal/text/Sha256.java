package io.github.llavamed.eval.internal.text;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Hashes files and texts. */
public final class Sha256 {
  private Sha256() {}

  /** Returns 64 lower-case hexadecimal digits. */
  public static String of(Path file) throws IOException {
    return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
  }

  /** Returns 64 lower-case hexadecimal digits of a text in UTF-8. */
  public static String ofText(String text) {
    return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
  }
}
