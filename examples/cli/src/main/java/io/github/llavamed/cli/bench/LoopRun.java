package io.github.llavamed.cli.bench;

import com.sun.management.ThreadMXBean;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.generation.Sampler;
import io.github.llavamed.generation.StopConditions;
import io.github.llavamed.generation.StoppingCriterion;
import io.github.llavamed.generation.TextGenerator;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.tokenizer.Tokenizer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures the generation loop around the runtime's calls: choice of the token, text, stop strings,
 * and the way into the runtime and back. Confined to one thread.
 */
final class LoopRun {
  private static final int PROMPT_TOKENS = 8;

  /** Tokens of a repeat: enough to even out a single one's interruption. */
  private static final int MOST_TOKENS = 64;

  /** Tokens of the loop without a model, after which the compiler is done with it. */
  private static final int COMPILING_TOKENS = 20_000;

  private final InferenceBackend backend;
  private final Tokenizer tokenizer;
  private final int vocabSize;
  private final int newTokens;

  LoopRun(InferenceBackend backend, Tokenizer tokenizer, LlavaConfig config) {
    this.backend = backend;
    this.tokenizer = tokenizer;
    this.vocabSize = config.languageModel().vocabSize();
    this.newTokens = Math.min(MOST_TOKENS, config.contextLength() - PROMPT_TOKENS);
  }

  /**
   * Measures the loop as it runs in a program that has been up for a while: it is compiled first by
   * running it without a model, and one more repeat goes first and does not count.
   */
  LoopCost measure(int repeats) {
    Marks[] marks = new Marks[repeats];
    try (DecoderSession stand = new SameLogitsSession(vocabSize)) {
      once(stand, COMPILING_TOKENS);
    }
    once();
    for (int i = 0; i < repeats; i++) {
      marks[i] = once();
    }
    double[] allocated = new double[repeats];
    double[] java = new double[repeats];
    boolean known = true;
    for (int i = 0; i < repeats; i++) {
      int intervals = Math.max(1, marks[i].tokens - 1);
      allocated[i] = (double) marks[i].allocated / intervals;
      java[i] = (marks[i].wall - marks[i].runtime) / 1e3 / intervals;
      known &= marks[i].runtimeKnown;
    }
    return new LoopCost(known ? Spread.of(java) : null, Spread.of(allocated));
  }

  private Marks once() {
    try (DecoderSession session = backend.openSession(PROMPT_TOKENS + newTokens)) {
      return once(session, newTokens);
    }
  }

  private Marks once(DecoderSession session, int tokens) {
    int[] ids = new int[PROMPT_TOKENS];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 1 + i % (tokenizer.size() - 1);
    }
    Marks marks = new Marks(session);
    new TextGenerator(tokenizer)
        .generate(
            session,
            new TextGenerator.Input(
                List.of(),
                List.of(TokenSegment.of(ids)),
                List.of(),
                new StopConditions(
                    tokens,
                    List.of("</s>"),
                    StoppingCriterion.never(),
                    Set.of(),
                    null,
                    () -> false),
                List.of(),
                List.of(Sampler.greedy()),
                0,
                marks));
    return marks;
  }

  /** Notes what has passed between the first token and the last. */
  private static final class Marks implements GenerationListener {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final DecoderSession session;
    private int tokens;
    private @Nullable Readings start;
    private boolean runtimeKnown;
    private long wall;
    private long runtime;
    private long allocated;

    private record Readings(long wall, long runtime, long allocated) {}

    Marks(DecoderSession session) {
      this.session = session;
    }

    @Override
    public void onToken(int id, String text) {
      tokens++;
      if (tokens == 1) { // Readings in between would be part of what they measure.
        runtimeKnown = session.runtimeNanos().isPresent();
        start = read();
      }
    }

    @Override
    public void onFinish(FinishReason reason) {
      Readings end = read();
      Readings first = start;
      if (first != null) {
        wall = end.wall - first.wall;
        runtime = end.runtime - first.runtime;
        allocated = end.allocated - first.allocated;
      }
    }

    private Readings read() {
      return new Readings(
          System.nanoTime(),
          session.runtimeNanos().orElse(0),
          threads.getThreadAllocatedBytes(Thread.currentThread().getId()));
    }
  }
}
