package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.internal.EncodedImage;
import java.util.Map;

/** How the pixels of a DICOM file are coded. */
enum DicomSyntax {
  /** Plain little-endian samples. */
  PLAIN,
  /** Run lengths, one segment per byte of a pixel. */
  RUNS,
  /** JPEG of 8 bits. */
  JPEG;

  private static final Map<String, DicomSyntax> KNOWN =
      Map.of(
          "1.2.840.10008.1.2", PLAIN,
          "1.2.840.10008.1.2.1", PLAIN,
          "1.2.840.10008.1.2.5", RUNS,
          "1.2.840.10008.1.2.4.50", JPEG,
          "1.2.840.10008.1.2.4.51", JPEG);

  /** Returns the coding that a transfer syntax means. */
  static DicomSyntax of(EncodedImage image, String transferSyntax) {
    DicomSyntax syntax = KNOWN.get(transferSyntax);
    if (syntax == null) {
      throw image.unsupported(
          "transfer syntax", "one of " + KNOWN.keySet().stream().sorted().toList(), transferSyntax);
    }
    return syntax;
  }
}
