package io.github.llavamed.testing;

import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend without weights: its logits follow from a rule.
 *
 * <p>Counts what is asked of it. A session refuses to work after it or its backend was closed.
 */
public final class FakeBackend implements InferenceBackend {
  /** Says which token follows. */
  @FunctionalInterface
  public interface Rule {
    /**
     * Returns the token that gets the largest logit.
     *
     * @param appendIndex how often the session was appended to before
     * @param positions the whole cache: token ids, and codes of feature rows
     */
    int next(int appendIndex, List<Integer> positions);
  }

  /** Says what all logits are. */
  @FunctionalInterface
  public interface LogitRule {
    /**
     * Returns the logits of the next position, a new array. // [v]
     *
     * @param appendIndex how often the session was appended to before
     * @param positions the whole cache: token ids, and codes of feature rows
     */
    float[] logits(int appendIndex, List<Integer> positions);
  }

  private final int vocabSize;
  private final int featureRows;
  private final LogitRule rule;
  private final AtomicInteger openSessions = new AtomicInteger();
  private final AtomicInteger appendedPositions = new AtomicInteger();
  private final AtomicInteger encodedImages = new AtomicInteger();
  private final AtomicInteger largestStep = new AtomicInteger();
  private volatile int batchSlots = 1;
  private volatile boolean closed;

  private FakeBackend(int vocabSize, int featureRows, LogitRule rule) {
    this.vocabSize = vocabSize;
    this.featureRows = featureRows;
    this.rule = rule;
  }

  private static FakeBackend choosing(int vocabSize, int featureRows, Rule rule) {
    return new FakeBackend(
        vocabSize,
        featureRows,
        (index, positions) -> {
          float[] logits = new float[vocabSize];
          logits[rule.next(index, positions)] = 1;
          return logits;
        });
  }

  /** Returns a backend whose logits follow from a rule. */
  public static FakeBackend withLogits(int vocabSize, int featureRows, LogitRule rule) {
    return new FakeBackend(vocabSize, featureRows, rule);
  }

  /** Returns a backend whose sessions produce these ids one after the other, then the last one. */
  public static FakeBackend scripted(int vocabSize, int featureRows, int... ids) {
    return choosing(
        vocabSize, featureRows, (index, positions) -> ids[Math.min(index, ids.length - 1)]);
  }

  /** Returns a backend whose next token depends on every position of the cache. */
  public static FakeBackend hashing(int vocabSize, int firstId, int featureRows) {
    return choosing(
        vocabSize,
        featureRows,
        (index, positions) ->
            firstId + Math.floorMod(mix(positions.hashCode()), vocabSize - firstId));
  }

  private static int mix(int value) {
    int mixed = value * 0x9E3779B9;
    return mixed ^ (mixed >>> 15);
  }

  /** Makes sessions say that so many sequences pay to be extended in one step; returns this. */
  public FakeBackend withBatchSlots(int slots) {
    batchSlots = slots;
    return this;
  }

  /** Returns how many sequences were extended in one step at most. */
  public int largestStep() {
    return largestStep.get();
  }

  /** Returns the number of sessions that were opened and not closed. */
  public int openSessions() {
    return openSessions.get();
  }

  /** Returns how many positions were appended by all sessions together. */
  public int appendedPositions() {
    return appendedPositions.get();
  }

  /** Returns how many images were encoded. */
  public int encodedImages() {
    return encodedImages.get();
  }

  /** Returns whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public String id() {
    return "fake";
  }

  @Override
  public Precision precision() {
    return Precision.FP32;
  }

  @Override
  public ImageFeatures encode(PixelValues pixelValues) {
    checkOpen();
    encodedImages.incrementAndGet();
    float[] values = new float[featureRows];
    for (int row = 0; row < featureRows; row++) {
      values[row] = Arrays.hashCode(pixelValues.values()) + row;
    }
    return new ImageFeatures(values, featureRows, 1);
  }

  @Override
  public DecoderSession openSession(int capacity) {
    checkOpen();
    openSessions.incrementAndGet();
    return new Session(capacity, new ArrayList<>());
  }

  @Override
  public ForwardTrace trace(List<PixelValues> images, List<InputSegment> segments) {
    checkOpen();
    List<ForwardTrace.Matrix> projected =
        images.stream()
            .map(this::encode)
            .map(f -> new ForwardTrace.Matrix(f.values(), f.rows(), f.hiddenSize()))
            .toList();
    int length = segments.stream().mapToInt(InputSegment::length).sum();
    return new ForwardTrace(
        projected,
        projected,
        new ForwardTrace.Matrix(new float[length], length, 1),
        new ForwardTrace.Matrix(new float[length * vocabSize], length, vocabSize));
  }

  @Override
  public void close() {
    if (openSessions.get() != 0) {
      throw new IllegalStateException(openSessions.get() + " sessions are still open");
    }
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the fake backend is closed");
    }
  }

  private final class Session implements DecoderSession {
    private final int capacity;
    private final List<Integer> positions;
    private int appends;
    private boolean sessionClosed;

    Session(int capacity, List<Integer> positions) {
      this.capacity = capacity;
      this.positions = positions;
    }

    @Override
    public int length() {
      return positions.size();
    }

    @Override
    public int capacity() {
      return capacity;
    }

    @Override
    public float[] append(List<InputSegment> segments, List<ImageFeatures> images) {
      checkOpen();
      if (sessionClosed) {
        throw new IllegalStateException("the fake session is closed");
      }
      int length = segments.stream().mapToInt(InputSegment::length).sum();
      if (length == 0) {
        throw new IllegalArgumentException("nothing to append");
      }
      if (length > capacity - positions.size()) {
        throw new ContextLengthExceededException("fake cache is full");
      }
      for (InputSegment segment : segments) {
        addPositions(segment, images);
      }
      appendedPositions.addAndGet(length);
      return rule.logits(appends++, positions);
    }

    private void addPositions(InputSegment segment, List<ImageFeatures> images) {
      if (segment instanceof TokenSegment tokens) {
        Arrays.stream(tokens.ids()).forEach(positions::add);
      } else if (segment instanceof ImageSegment image) {
        float[] values = images.get(image.imageIndex()).values();
        for (int i = 0; i < image.length(); i++) {
          positions.add(Float.floatToIntBits(values[image.firstRow() + i]));
        }
      }
    }

    @Override
    public void truncate(int length) {
      positions.subList(length, positions.size()).clear();
    }

    @Override
    public DecoderSession fork() {
      openSessions.incrementAndGet();
      return new Session(capacity, new ArrayList<>(positions));
    }

    @Override
    public int batchSlots() {
      return batchSlots;
    }

    @Override
    public DecoderBatch openBatch(int slots, int batchCapacity) {
      return new CountedBatch(DecoderBatch.ofForks(slots), largestStep);
    }

    @Override
    public void close() {
      if (!sessionClosed) {
        sessionClosed = true;
        openSessions.decrementAndGet();
      }
    }
  }
}
