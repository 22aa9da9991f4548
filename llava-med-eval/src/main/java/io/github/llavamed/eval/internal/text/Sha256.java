package io.github.llavamed.eval.internal.text;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Hashes files. */
public final class Sha256 {
  private Sha256() {}

  /** Returns 64 lower-case hexadecimal digits. */
  public static String of(Path file) throws IOException {
    return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
  }
}
