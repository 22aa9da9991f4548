package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What decoding a token leaves to the garbage collector. */
class DecodeAllocationTest {
  private static final int POSITIONS = 2000;
  private static final int TOKENS = 50;
  private static final int VOCABULARY = 97;

  /** Beside the logits and one embedding: inputs by name, tensors around them. */
  private static final long BOOKKEEPING_BYTES = 16 << 10;

  @TempDir Path directory;

  @Test
  void aTokensGarbageDoesNotGrowWithThePosition() {
    SyntheticModel model =
        SyntheticModel.of(SyntheticConfig.create().positions(POSITIONS).build(), 1);
    try (InferenceBackend backend =
            new OnnxCpuProvider()
                .create(model.artifacts(directory), new BackendOptions(null, null, 1, directory));
        DecoderSession session = backend.openSession(POSITIONS)) {
      session.append(List.of(TokenSegment.of(new int[POSITIONS - 2 * TOKENS])), List.of());
      session.truncate(TOKENS); // The room stays, so that nothing grows while it is measured.
      bytesPerToken(session, TOKENS); // Classes are loaded, loops compiled.

      long early = bytesPerToken(session, TOKENS);
      session.append(List.of(TokenSegment.of(new int[POSITIONS - 5 * TOKENS])), List.of());
      long late = bytesPerToken(session, TOKENS);

      assertThat(late).isBetween(early * 9 / 10, early * 11 / 10);
      assertThat(late).isLessThan(VOCABULARY * Float.BYTES + BOOKKEEPING_BYTES);
    }
  }

  private static long bytesPerToken(DecoderSession session, int tokens) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<InputSegment> token = List.of(TokenSegment.of(3));
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < tokens; i++) {
      session.append(token, List.of());
    }
    return (threads.getCurrentThreadAllocatedBytes() - before) / tokens;
  }
}
