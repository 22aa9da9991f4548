package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;
import java.util.ArrayList;
import java.util.List;

/** Finds the bytes of one frame in the pixel data and unpacks run lengths. */
final class DicomFrame {
  private static final int ITEM = 0xfffe_e000;
  private static final int SEQUENCE_END = 0xfffe_e0dd;
  private static final int MOST_SEGMENTS = 15;

  private final EncodedImage image;
  private final ByteView in;
  private final DicomElements elements;
  private final DicomLayout layout;

  DicomFrame(EncodedImage image, DicomElements elements, DicomLayout layout) {
    this.image = image;
    this.in = image.littleEndian();
    this.elements = elements;
    this.layout = layout;
  }

  /** Returns the plain samples of the frame. */
  byte[] samples() {
    return layout.syntax() == DicomSyntax.RUNS ? runs() : plain();
  }

  /** Returns where the compressed bytes of the frame begin and end; pieces must be adjacent. */
  int[] range() {
    List<int[]> fragments = fragments();
    int frame = image.frame();
    if (fragments.size() != layout.frames()) {
      throw image.unsupported(
          "pixel data",
          "one fragment for each of %d frames".formatted(layout.frames()),
          fragments.size());
    }
    return fragments.get(frame);
  }

  private byte[] plain() {
    int size = layout.frameBytes();
    long length = elements.length(DicomElements.PIXEL_DATA);
    if (length < 0) {
      throw image.broken("pixel data", "a length", "fragments");
    }
    long needed = (long) size * layout.frames();
    if (length < needed) {
      throw image.broken("pixel data", needed + " bytes", length);
    }
    long at = elements.at(DicomElements.PIXEL_DATA) + (long) size * image.frame();
    byte[] samples = new byte[size];
    System.arraycopy(image.bytes(), in.check(at, size), samples, 0, size);
    return samples;
  }

  private List<int[]> fragments() {
    if (elements.length(DicomElements.PIXEL_DATA) >= 0) {
      throw image.broken("pixel data", "fragments", "plain samples");
    }
    List<int[]> fragments = new ArrayList<>();
    long at = elements.at(DicomElements.PIXEL_DATA);
    boolean table = true; // the first item is the table of offsets
    while (true) {
      int tag = in.u16(at) << 16 | in.u16(at + 2);
      long length = in.u32(at + 4);
      if (tag == SEQUENCE_END) {
        return fragments;
      }
      if (tag != ITEM) {
        throw image.broken("pixel data", "an item", DicomElements.name(tag));
      }
      int from = in.check(at + 8, length);
      if (!table) {
        fragments.add(new int[] {from, from + (int) length});
      }
      table = false;
      at += 8 + length;
    }
  }

  /** Unpacks run lengths: one segment per byte of a sample, the most significant first. */
  private byte[] runs() {
    int[] range = range();
    int pixels = Math.multiplyExact(layout.width(), layout.height());
    int expected = layout.samples() * layout.bytes();
    long segments = in.u32(range[0]);
    if (segments != expected || segments > MOST_SEGMENTS) {
      throw image.broken("run lengths", expected + " segments", segments);
    }
    byte[] samples = new byte[layout.frameBytes()];
    for (int s = 0; s < expected; s++) {
      long from = range[0] + in.u32(range[0] + 4L + 4L * s);
      long to = s + 1 < expected ? range[0] + in.u32(range[0] + 8L + 4L * s) : range[1];
      if (from < range[0] || to > range[1] || from > to) {
        throw image.broken("run lengths", "segments inside the frame", from + " to " + to);
      }
      int sample = s / layout.bytes();
      int littleEndianByte = layout.bytes() - 1 - s % layout.bytes();
      unpack(
          (int) from,
          (int) to,
          samples,
          sample * layout.bytes() + littleEndianByte,
          expected,
          pixels);
    }
    return samples;
  }

  private void unpack(int from, int to, byte[] samples, int offset, int step, int pixels) {
    byte[] bytes = image.bytes();
    int at = from;
    int filled = 0;
    while (filled < pixels) {
      if (at + 1 >= to) {
        throw image.broken("run lengths", pixels + " bytes in a segment", filled);
      }
      int control = bytes[at++];
      int count = control >= 0 ? control + 1 : control == -128 ? 0 : 1 - control;
      if (control >= 0 && at + count > to) {
        throw image.broken("run lengths", count + " bytes", to - at);
      }
      for (int i = 0; i < count && filled < pixels; i++, filled++) {
        samples[offset + filled * step] = bytes[control >= 0 ? at + i : at];
      }
      at += control >= 0 ? count : control == -128 ? 0 : 1;
    }
  }
}
