package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The top-level data elements of a little-endian DICOM file; sequences are stepped over.
 *
 * <p>Places and lengths lie within the file. The file meta group tells the transfer syntax, which
 * tells whether elements name their types.
 */
final class DicomElements {
  static final int TRANSFER_SYNTAX = 0x0002_0010;
  static final int PIXEL_DATA = 0x7fe0_0010;

  private static final int FIRST = 132;
  private static final int ITEM_END = 0xfffe_e00d;
  private static final int SEQUENCE_END = 0xfffe_e0dd;
  private static final long UNDEFINED = 0xffff_ffffL;
  private static final int MOST_DEPTH = 64;
  private static final String IMPLICIT = "1.2.840.10008.1.2";

  /** Types whose length takes four bytes. */
  private static final Set<String> LONG_TYPES =
      Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

  private final EncodedImage image;
  private final ByteView in;
  private final Map<Integer, Element> elements = new HashMap<>();
  private String syntax = "";

  /**
   * One data element.
   *
   * @param tag group and element number
   * @param type its value representation, empty if the file does not say
   * @param at first byte of the value
   * @param length bytes of the value, or {@link #UNDEFINED}
   */
  private record Element(int tag, String type, long at, long length) {
    boolean isUndefined() {
      return length == UNDEFINED;
    }
  }

  DicomElements(EncodedImage image) {
    this.image = image;
    this.in = image.littleEndian();
    long at = FIRST;
    while (at + 8 <= in.size() && in.u16(at) == 2) {
      Element element = read(at, false);
      keep(element);
      at = end(element, false, 0);
    }
    syntax = text(TRANSFER_SYNTAX);
    DicomSyntax.of(image, syntax); // the byte order must be known before going on
    boolean implicit = syntax.equals(IMPLICIT);
    while (at + 8 <= in.size()) {
      Element element = read(at, implicit);
      keep(element);
      if (element.tag == PIXEL_DATA) {
        break;
      }
      at = end(element, implicit, 0);
    }
  }

  /** Returns the identifier of the transfer syntax. */
  String transferSyntax() {
    return syntax;
  }

  boolean has(int tag) {
    Element element = elements.get(tag);
    return element != null && element.length > 0;
  }

  /** Returns the text of an element without padding, empty if it is absent. */
  String text(int tag) {
    Element element = elements.get(tag);
    if (element == null || element.isUndefined()) {
      return "";
    }
    int at = in.check(element.at, element.length);
    String text = new String(image.bytes(), at, (int) element.length, StandardCharsets.ISO_8859_1);
    return text.replace('\0', ' ').strip();
  }

  /** Returns the first of the decimal numbers of an element, or the default if it is absent. */
  double decimal(int tag, double otherwise) {
    String text = text(tag);
    int more = text.indexOf('\\');
    String first = (more < 0 ? text : text.substring(0, more)).strip();
    if (first.isEmpty()) {
      return otherwise;
    }
    try {
      double value = Double.parseDouble(first);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, with the values that are not finite
    }
    throw image.broken(name(tag), "a decimal number", first);
  }

  /** Returns an unsigned 16-bit number, or the default if it is absent. */
  int u16(int tag, int otherwise) {
    return has(tag) ? u16At(tag, 0) : otherwise;
  }

  /** Returns one of the unsigned 16-bit numbers of an element. */
  int u16At(int tag, int index) {
    return in.u16(in.check(at(tag) + 2L * index, 2));
  }

  /** Returns the first byte of an element's value. */
  long at(int tag) {
    return required(tag).at;
  }

  /** Returns the bytes of an element's value, negative if it is undefined. */
  long length(int tag) {
    Element element = required(tag);
    return element.isUndefined() ? -1 : element.length;
  }

  static String name(int tag) {
    return "element (%04x,%04x)".formatted(tag >>> 16, tag & 0xffff);
  }

  private Element required(int tag) {
    Element element = elements.get(tag);
    if (element == null) {
      throw image.broken(name(tag), "a value", "none");
    }
    return element;
  }

  private void keep(Element element) {
    if (!element.isUndefined()) {
      in.check(element.at, element.tag == PIXEL_DATA ? 0 : element.length);
    }
    elements.putIfAbsent(element.tag, element);
  }

  private Element read(long at, boolean implicit) {
    int tag = in.u16(at) << 16 | in.u16(at + 2);
    boolean untyped = implicit || (tag >>> 16) == 0xfffe;
    if (untyped) {
      return new Element(tag, "", at + 8, in.u32(at + 4));
    }
    String type = in.ascii(at + 4, 2);
    return LONG_TYPES.contains(type)
        ? new Element(tag, type, at + 12, in.u32(at + 8))
        : new Element(tag, type, at + 8, in.u16(at + 6));
  }

  /** Returns the place behind an element, items of undefined length included. */
  private long end(Element element, boolean implicit, int depth) {
    if (!element.isUndefined()) {
      return in.check(element.at + element.length, 0);
    }
    if (depth > MOST_DEPTH) {
      throw image.unsupported("sequences", "a depth of at most " + MOST_DEPTH, "more");
    }
    boolean untyped = implicit || element.type.equals("UN");
    long at = element.at;
    while (true) {
      Element inner = read(at, untyped);
      if (inner.tag == SEQUENCE_END || inner.tag == ITEM_END) {
        return inner.at;
      }
      at = end(inner, untyped, depth + 1);
    }
  }
}
