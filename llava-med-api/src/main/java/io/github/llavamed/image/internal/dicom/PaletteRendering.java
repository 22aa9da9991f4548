package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;

/** Looks indices up in the palette of a DICOM file; entries of 16 bits keep their high byte. */
final class PaletteRendering {
  private static final int DESCRIPTOR = 0x0028_1101;
  private static final int DATA = 0x0028_1201;

  private PaletteRendering() {}

  /** Returns the RGB of the indices. // [height, width, 3] */
  static byte[] render(
      EncodedImage image, DicomElements elements, DicomLayout layout, byte[] samples) {
    int pixels = layout.width() * layout.height();
    byte[] rgb = new byte[Math.multiplyExact(pixels, 3)];
    for (int c = 0; c < 3; c++) {
      int first = elements.u16At(DESCRIPTOR + c, 1);
      int offset = layout.signed() ? (short) first : first;
      byte[] colors = colors(image, elements, c);
      for (int i = 0; i < pixels; i++) {
        int value =
            layout.bytes() == 1
                ? samples[i] & 0xff
                : (samples[2 * i] & 0xff) | (samples[2 * i + 1] & 0xff) << 8;
        int unused = 32 - layout.bitsStored();
        int index = layout.signed() ? value << unused >> unused : value << unused >>> unused;
        rgb[i * 3 + c] = colors[Math.max(0, Math.min(colors.length - 1, index - offset))];
      }
    }
    return rgb;
  }

  private static byte[] colors(EncodedImage image, DicomElements elements, int channel) {
    int declared = elements.u16At(DESCRIPTOR + channel, 0);
    int count = declared == 0 ? 65_536 : declared;
    int bits = elements.u16At(DESCRIPTOR + channel, 2);
    long length = elements.length(DATA + channel);
    boolean words = length >= 2L * count;
    if (length < count || (bits != 8 && bits != 16) || (bits == 16 && !words)) {
      throw image.broken(
          "palette", "%d colours of %d bits".formatted(count, bits), "%d bytes".formatted(length));
    }
    ByteView in = image.littleEndian();
    long at = elements.at(DATA + channel);
    byte[] colors = new byte[count];
    for (int i = 0; i < count; i++) {
      int entry = words ? in.u16(at + 2L * i) : in.u8(at + i);
      colors[i] = (byte) (bits == 16 ? entry >> 8 : entry);
    }
    return colors;
  }
}
