package io.github.llavamed.cli.bench;

import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.TokenSegment;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * How fast new tokens read what they need and how fast memory can be read, measured in turns: the
 * rate of a shared machine's memory changes from minute to minute.
 *
 * @param bytesPerToken what a new token reads: weights and what belongs to them, without the
 *     key/value cache
 * @param tokenBytesPerSecond what new tokens read
 * @param readBytesPerSecond what Java reads, right before and after
 * @param percent the former of the latter, by round
 */
public record MemoryTurns(
    long bytesPerToken, Spread tokenBytesPerSecond, Spread readBytesPerSecond, Spread percent) {
  private static final int ROUNDS = 9;

  /** Tokens of a round: few enough to lie within one phase of the machine. */
  private static final int TOKENS = 4;

  /** Readings after which the compiler is done. */
  private static final int WARM_UP = 8;

  /**
   * Measures.
   *
   * @param session holds the prompt and has room for more; stays as it is
   * @param bytesPerToken what a new token reads
   */
  static MemoryTurns measure(DecoderSession session, long bytesPerToken, int threads) {
    int promptLength = session.length();
    int tokens = Math.min(TOKENS, session.capacity() - promptLength);
    double[] byTokens = new double[ROUNDS];
    double[] byReading = new double[ROUNDS];
    double[] percent = new double[ROUNDS];
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      MemoryReader memory = new MemoryReader(workers, threads);
      for (int i = 0; i < WARM_UP; i++) {
        memory.bytesPerSecond();
      }
      double before = memory.bytesPerSecond();
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < tokens; i++) {
          session.append(List.of(TokenSegment.of(1)), List.of());
        }
        double seconds = (System.nanoTime() - start) / 1e9 / tokens;
        session.truncate(promptLength);
        double after = memory.bytesPerSecond();
        byTokens[round] = bytesPerToken / seconds;
        byReading[round] = (before + after) / 2;
        percent[round] = 100 * byTokens[round] / byReading[round];
        before = after;
      }
    } finally {
      workers.shutdown();
    }
    return new MemoryTurns(
        bytesPerToken, Spread.of(byTokens), Spread.of(byReading), Spread.of(percent));
  }
}
