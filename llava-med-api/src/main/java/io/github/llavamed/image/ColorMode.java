package io.github.llavamed.image;

/**
 * How an image file stores its pixels, before they become RGB.
 *
 * <p>The names are those of Pillow, in whose terms the original programs decide. {@link #L} alone
 * changes a result: an image opened as {@code L} may be padded with another colour.
 */
public enum ColorMode {
  /** One bit, black or white. */
  BILEVEL("1"),
  /** Grey of at most 8 bits. */
  L("L"),
  /** Grey of 8 bits with alpha. */
  LA("LA"),
  /** Indices into a palette. */
  P("P"),
  /** Indices into a palette with alpha. */
  PA("PA"),
  /** Three colours. */
  RGB("RGB"),
  /** Three colours with alpha. */
  RGBA("RGBA"),
  /** Three colours with bytes that mean nothing. */
  RGBX("RGBX"),
  /** Four printing colours. */
  CMYK("CMYK"),
  /** Grey of 16 bits, unsigned, as TIFF stores it. */
  I16("I;16"),
  /** Grey of 16 bits, unsigned, most significant byte first. */
  I16B("I;16B"),
  /** Grey in 32-bit integers. */
  I("I"),
  /** Grey in 32-bit floating point. */
  F("F");

  private final String pillowName;

  ColorMode(String pillowName) {
    this.pillowName = pillowName;
  }

  /** Returns the name that Pillow gives the mode. */
  public String pillowName() {
    return pillowName;
  }
}
