package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.internal.EncodedImage;

/**
 * How a DICOM file stores its frames, checked.
 *
 * @param syntax how pixels are coded
 * @param photometric what samples mean
 * @param width in pixels
 * @param height in pixels
 * @param frames number of frames
 * @param samples samples of a pixel
 * @param bytes bytes of a sample: 1 or 2
 * @param bitsStored bits of a sample that count
 * @param signed whether samples have a sign
 * @param planar whether each colour has its own plane
 */
record DicomLayout(
    DicomSyntax syntax,
    Photometric photometric,
    int width,
    int height,
    int frames,
    int samples,
    int bytes,
    int bitsStored,
    boolean signed,
    boolean planar) {
  /** The photometric interpretations that can be rendered. */
  enum Photometric {
    MONOCHROME1,
    MONOCHROME2,
    PALETTE_COLOR,
    RGB,
    YBR_FULL,
    YBR_FULL_422;

    boolean isColor() {
      return this == RGB || this == YBR_FULL || this == YBR_FULL_422;
    }
  }

  private static final int MODALITY_LUT = 0x0028_3000;

  static DicomLayout of(EncodedImage image, DicomElements elements) {
    int width = elements.u16(0x0028_0011, 0);
    int height = elements.u16(0x0028_0010, 0);
    int samples = elements.u16(0x0028_0002, 1);
    int allocated = elements.u16(0x0028_0100, 0);
    int stored = elements.u16(0x0028_0101, allocated);
    DicomLayout layout =
        new DicomLayout(
            DicomSyntax.of(image, elements.transferSyntax()),
            photometric(image, elements.text(0x0028_0004)),
            width,
            height,
            frames(image, elements),
            samples,
            allocated / 8,
            stored,
            elements.u16(0x0028_0103, 0) == 1,
            elements.u16(0x0028_0006, 0) == 1);
    layout.check(image, allocated, elements.u16(0x0028_0102, stored - 1));
    if (elements.has(MODALITY_LUT)) {
      throw image.unsupported("modality", "rescale slope and intercept", "a lookup table");
    }
    image.checkSize(width, height, 8 + 2 * samples);
    return layout;
  }

  private void check(EncodedImage image, int allocated, int highBit) {
    boolean color = photometric.isColor();
    if (allocated != 8 && (allocated != 16 || color)) {
      throw image.unsupported("bits allocated", color ? "8 for colours" : "8 or 16", allocated);
    }
    if (bitsStored < 1 || bitsStored > allocated || highBit != bitsStored - 1) {
      throw image.unsupported(
          "bits stored",
          "1 to %d, the highest bit last".formatted(allocated),
          "%d, highest bit %d".formatted(bitsStored, highBit));
    }
    if (samples != (color ? 3 : 1)) {
      throw image.broken("samples per pixel", color ? "3" : "1", samples);
    }
  }

  private static int frames(EncodedImage image, DicomElements elements) {
    double frames = elements.decimal(0x0028_0008, 1);
    if (frames < 1 || frames != Math.rint(frames)) {
      throw image.broken("number of frames", "a whole number above 0", frames);
    }
    image.checkFrames((long) frames);
    if (image.frame() >= frames) {
      throw image.broken("frame", "0 to %.0f".formatted(frames - 1), image.frame());
    }
    return (int) frames;
  }

  /** Returns the bytes of a frame without compression. */
  int frameBytes() {
    int pixels = Math.multiplyExact(width, height);
    return photometric == Photometric.YBR_FULL_422 && syntax == DicomSyntax.PLAIN
        ? Math.multiplyExact(pixels, 2)
        : Math.multiplyExact(pixels, samples * bytes);
  }

  private static Photometric photometric(EncodedImage image, String name) {
    for (Photometric photometric : Photometric.values()) {
      if (photometric.name().equals(name.replace(' ', '_'))) {
        return photometric;
      }
    }
    throw image.unsupported(
        "photometric interpretation",
        "MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL or YBR_FULL_422",
        name);
  }
}
