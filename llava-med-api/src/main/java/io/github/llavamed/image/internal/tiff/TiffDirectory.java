package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tags of one page of a TIFF file.
 *
 * <p>Values are read on demand; the place and size of every tag lie within the file.
 */
final class TiffDirectory {
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  /** Bytes of a value of each type, by number; 0 where there is none. */
  private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

  private final EncodedImage image;
  private final ByteView in;
  private final Map<Integer, Field> fields = new LinkedHashMap<>();

  private record Field(int type, int count, int at) {}

  private TiffDirectory(EncodedImage image, ByteView in, long at) {
    this.image = image;
    this.in = in;
    int count = in.u16(at);
    in.check(at, 2 + 12L * count);
    for (int i = 0; i < count; i++) {
      read(at + 2 + 12L * i);
    }
  }

  /** Reads the tags of a page, counted from 0. */
  static TiffDirectory page(EncodedImage image, int page) {
    ByteView in = view(image);
    long at = in.u32(4);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; at != 0 && seen.add(at); i++) {
      if (i == page) {
        return new TiffDirectory(image, in, at);
      }
      at = next(in, at);
    }
    throw image.broken("page " + page, "a page", seen.size() + " pages");
  }

  /** Counts pages; a chain that comes back to itself or leaves the file ends there. */
  static int pages(EncodedImage image) {
    ByteView in = view(image);
    long at = in.u32(4);
    Set<Long> seen = new HashSet<>();
    while (at != 0 && at + 2 <= in.size() && seen.add(at)) {
      image.checkFrames(seen.size());
      if (at + 6 + 12L * in.u16(at) > in.size()) {
        break;
      }
      at = next(in, at);
    }
    return Math.max(1, seen.size());
  }

  ByteView bytes() {
    return in;
  }

  boolean has(int tag) {
    return fields.containsKey(tag);
  }

  /** Returns a single number, or the default if the tag is absent. */
  long number(int tag, long otherwise) {
    long[] values = numbers(tag);
    return values.length == 0 ? otherwise : values[0];
  }

  /** Returns a single number that must be there and fit. */
  int required(int tag, String name) {
    long[] values = numbers(tag);
    if (values.length == 0 || values[0] > Integer.MAX_VALUE) {
      throw image.broken(
          "tag " + tag, name + " below 2^31", values.length == 0 ? "none" : values[0]);
    }
    return (int) values[0];
  }

  /** Returns all numbers of a tag, none if it is absent. */
  long[] numbers(int tag) {
    Field field = fields.get(tag);
    if (field == null) {
      return new long[0];
    }
    long[] values = new long[field.count];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (field.type) {
            case BYTE -> in.u8(field.at + (long) i);
            case SHORT -> in.u16(field.at + 2L * i);
            case LONG -> in.u32(field.at + 4L * i);
            default -> throw image.broken("tag " + tag, "whole numbers", "type " + field.type);
          };
    }
    return values;
  }

  /** Returns where the bytes of a tag begin and how many there are, or null if it is absent. */
  int @org.jspecify.annotations.Nullable [] range(int tag) {
    Field field = fields.get(tag);
    return field == null ? null : new int[] {field.at, field.count * TYPE_BYTES[field.type]};
  }

  private void read(long at) {
    int tag = in.u16(at);
    int type = in.u16(at + 2);
    long count = in.u32(at + 4);
    if (type == 0 || type >= TYPE_BYTES.length) {
      return; // types from the future are to be passed over
    }
    long size = count * TYPE_BYTES[type];
    long place = size <= 4 ? at + 8 : in.u32(at + 8);
    if (size > in.size() || place > in.size() - size) {
      throw image.broken(
          "tag " + tag, "values inside the file", "%d bytes at byte %d".formatted(size, place));
    }
    fields.putIfAbsent(tag, new Field(type, (int) count, (int) place));
  }

  private static ByteView view(EncodedImage image) {
    return image.bytes()[0] == 'I' ? image.littleEndian() : image.bigEndian();
  }

  private static long next(ByteView in, long at) {
    return in.u32(at + 2 + 12L * in.u16(at));
  }
}
