package io.github.llavamed.image;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The image formats that the decoder knows, told apart by the first bytes of a file. */
public enum ImageFormat {
  /** Portable Network Graphics. */
  PNG,
  /** Baseline, extended 8-bit and progressive JPEG. */
  JPEG,
  /** GIF 87a and 89a; the first frame. */
  GIF,
  /** Windows and OS/2 bitmaps. */
  BMP,
  /** TIFF; the first page unless another is asked for. */
  TIFF,
  /** WebP, lossy and lossless; the first frame. */
  WEBP,
  /** DICOM part 10 files; the first frame unless another is asked for. */
  DICOM;

  private static final int DICOM_PREAMBLE = 128;

  /** Returns the format that the first bytes of a file announce, or empty if none is known. */
  public static Optional<ImageFormat> of(byte[] head) {
    // The preamble of a DICOM file may look like another format, so it is asked first.
    if (startsWith(head, DICOM_PREAMBLE, "DICM")) {
      return Optional.of(DICOM);
    }
    if (startsWith(head, 0, "\u0089PNG\r\n\u001a\n")) {
      return Optional.of(PNG);
    }
    if (startsWith(head, 0, "\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    }
    if (startsWith(head, 0, "GIF87a") || startsWith(head, 0, "GIF89a")) {
      return Optional.of(GIF);
    }
    if (startsWith(head, 0, "II*\0") || startsWith(head, 0, "MM\0*")) {
      return Optional.of(TIFF);
    }
    if (startsWith(head, 0, "RIFF") && startsWith(head, 8, "WEBP")) {
      return Optional.of(WEBP);
    }
    // Two letters are the weakest of the signatures, so they come last.
    return startsWith(head, 0, "BM") ? Optional.of(BMP) : Optional.empty();
  }

  private static boolean startsWith(byte[] bytes, int offset, String signature) {
    byte[] expected = signature.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < offset + expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[offset + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
