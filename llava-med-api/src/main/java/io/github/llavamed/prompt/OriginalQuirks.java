package io.github.llavamed.prompt;

/**
 * Which defects of the original programs are reproduced instead of mended. Immutable.
 *
 * @param legacyLastImageOnly v1.0: of several images in one prompt with markers only the last is
 *     spliced, the patch tokens of the others stay; without markers several images are refused
 * @param legacyImageCursor the images of a batch are dealt out by the original's running cursor,
 *     see {@link BatchImages}, instead of each sample getting its own
 * @param legacyStopWindow v1.5: the stop criterion counts the prompt although the generated ids do
 *     not hold it, so that most stop strings are found late or fail
 * @param randomPadOffset v1.5: square padding is off centre by one pixel at random
 * @param honourConfigEosIds generation ends at the configuration's end ids, not the tokenizer's
 */
public record OriginalQuirks(
    boolean legacyLastImageOnly,
    boolean legacyImageCursor,
    boolean legacyStopWindow,
    boolean randomPadOffset,
    boolean honourConfigEosIds) {
  /** Every defect mended; the default everywhere. */
  public static final OriginalQuirks NONE = builder().build();

  /** Every defect reproduced. */
  public static final OriginalQuirks ALL = new OriginalQuirks(true, true, true, true, true);

  /** Returns a builder with every defect mended. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return builder()
        .legacyLastImageOnly(legacyLastImageOnly)
        .legacyImageCursor(legacyImageCursor)
        .legacyStopWindow(legacyStopWindow)
        .randomPadOffset(randomPadOffset)
        .honourConfigEosIds(honourConfigEosIds);
  }

  /** Collects settings. Confined to one thread. */
  public static final class Builder {
    private boolean legacyLastImageOnly;
    private boolean legacyImageCursor;
    private boolean legacyStopWindow;
    private boolean randomPadOffset;
    private boolean honourConfigEosIds;

    private Builder() {}

    /** Sets {@link OriginalQuirks#legacyLastImageOnly}. */
    public Builder legacyLastImageOnly(boolean value) {
      legacyLastImageOnly = value;
      return this;
    }

    /** Sets {@link OriginalQuirks#legacyImageCursor}. */
    public Builder legacyImageCursor(boolean value) {
      legacyImageCursor = value;
      return this;
    }

    /** Sets {@link OriginalQuirks#legacyStopWindow}. */
    public Builder legacyStopWindow(boolean value) {
      legacyStopWindow = value;
      return this;
    }

    /** Sets {@link OriginalQuirks#randomPadOffset}. */
    public Builder randomPadOffset(boolean value) {
      randomPadOffset = value;
      return this;
    }

    /** Sets {@link OriginalQuirks#honourConfigEosIds}. */
    public Builder honourConfigEosIds(boolean value) {
      honourConfigEosIds = value;
      return this;
    }

    /** Returns the settings. */
    public OriginalQuirks build() {
      return new OriginalQuirks(
          legacyLastImageOnly,
          legacyImageCursor,
          legacyStopWindow,
          randomPadOffset,
          honourConfigEosIds);
    }
  }
}
