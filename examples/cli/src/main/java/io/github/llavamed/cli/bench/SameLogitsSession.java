package io.github.llavamed.cli.bench;

import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import java.util.List;

/**
 * A decoder without a model that finds every token equally likely: what a generation loop costs by
 * itself. Confined to one thread.
 */
final class SameLogitsSession implements DecoderSession {
  private final int vocabSize;
  private int length;

  SameLogitsSession(int vocabSize) {
    this.vocabSize = vocabSize;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int capacity() {
    return Integer.MAX_VALUE;
  }

  @Override
  public float[] append(List<InputSegment> segments, List<ImageFeatures> images) {
    float[] logits = new float[vocabSize]; // [v]
    append(segments, images, logits);
    return logits;
  }

  @Override
  public void append(List<InputSegment> segments, List<ImageFeatures> images, float[] logits) {
    for (InputSegment segment : segments) {
      length += segment.length();
    }
    logits[length % vocabSize] = length; // Rising, so that the choice moves on.
  }

  @Override
  public void truncate(int newLength) {
    length = newLength;
  }

  @Override
  public DecoderSession fork() {
    SameLogitsSession copy = new SameLogitsSession(vocabSize);
    copy.length = length;
    return copy;
  }

  @Override
  public void close() {}
}
