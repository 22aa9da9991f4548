package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.AsciiTokenizer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Long answers: what a token leaves behind on the heap. */
class LoopGarbageTest {
  private static final int TOKENS = 4_000;

  /** As many as real models have; those beyond the tokenizer stay at zero. */
  private static final int LOGITS = 32_000;

  private static final int LETTER = AsciiTokenizer.ids("a")[0];

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void aLateTokenCostsNoMoreThanAnEarlyOne() {
    AsciiTokenizer tokenizer = new AsciiTokenizer();
    List<Long> readings = new ArrayList<>(TOKENS);
    GenerationListener listener =
        (id, text) -> readings.add(threads.getThreadAllocatedBytes(Thread.currentThread().getId()));
    StopConditions stop =
        new StopConditions(
            TOKENS,
            List.of("</s>"),
            StoppingCriterion.keywords(
                ModelFamily.LLAVA_V1_5,
                List.of("</s>"),
                tokenizer,
                List.of(1),
                OriginalQuirks.NONE),
            Set.of(2),
            null,
            () -> false);

    new TextGenerator(tokenizer)
        .generate(
            new SameLogits(),
            new TextGenerator.Input(
                List.of(1),
                List.of(TokenSegment.of(1)),
                List.of(),
                stop,
                List.of(),
                List.of(Sampler.greedy()),
                0,
                listener));

    long early = readings.get(1_000) - readings.get(500);
    long late = readings.get(3_500) - readings.get(3_000);
    // Lists that double their room do so a few times in all; 16 KiB is one such step.
    assertThat(late).isLessThan(early + (16 << 10));
    assertThat(early).isPositive();
    // Of the 500 tokens none leaves an array of the logits behind.
    assertThat(late).isLessThan(500L * LOGITS * Float.BYTES / 10);
  }

  /** Always finds the same letter most probable. */
  private static final class SameLogits implements DecoderSession {
    private int length;

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
      float[] logits = new float[LOGITS];
      append(segments, images, logits);
      return logits;
    }

    @Override
    public void append(List<InputSegment> segments, List<ImageFeatures> images, float[] logits) {
      length++;
      logits[LETTER] = 1;
    }

    @Override
    public void truncate(int newLength) {
      length = newLength;
    }

    @Override
    public DecoderSession fork() {
      throw new UnsupportedOperationException("one sequence is enough here");
    }

    @Override
    public void close() {}
  }
}
