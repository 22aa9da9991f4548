package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointRule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Recognises files that stand in for weights by their first bytes. */
final class FileSignature {
  private static final int HEAD_BYTES = 64;
  private static final String LFS = "version https://git-lfs.github.com/spec/";
  private static final List<String> HTML = List.of("<!doctype", "<html", "<head", "<?xml", "<!--");

  private FileSignature() {}

  /** Throws if the file is a git-lfs pointer or a web page. */
  static void rejectStandIns(MappedFile file) {
    String head = head(file);
    if (head.startsWith(LFS)) {
      throw file.malformed(
          CheckpointRule.LFS_POINTER,
          "",
          "weights",
          "a pointer of %d bytes".formatted(file.size()));
    }
    String text = head.strip().toLowerCase(Locale.ROOT);
    if (HTML.stream().anyMatch(text::startsWith)) {
      throw file.malformed(
          CheckpointRule.HTML_PAGE, "", "weights", "'" + JsonHeader.firstLine(text) + "'");
    }
  }

  /** Throws if the file begins with a bare pickle, as torch wrote before version 1.6. */
  static void rejectLegacyTorch(MappedFile file) {
    if (head(file).startsWith("\u0080")) { // the PROTO instruction
      throw file.malformed(CheckpointRule.TORCH_LEGACY, "", "a zip archive", "a bare pickle");
    }
  }

  private static String head(MappedFile file) {
    int length = (int) Math.min(file.size(), HEAD_BYTES);
    return new String(file.bytes(0, length), StandardCharsets.ISO_8859_1);
  }
}
