package io.github.llavamed.training;

/** The container of a projector's file; all readers here take both. */
public enum AdapterFormat {
  /** A torch archive, {@code mm_projector.bin}, which the original reads and writes. */
  BIN("bin"),
  /** A safetensors file, which is mapped and checked on reading. */
  SAFETENSORS("safetensors");

  private final String extension;

  AdapterFormat(String extension) {
    this.extension = extension;
  }

  /** Returns the extension of its files, without the dot. */
  public String extension() {
    return extension;
  }
}
