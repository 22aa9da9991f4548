package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AskMemoryTest {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;
  private static final int CALLS = 1000;
  private static final int WARM_UP_CALLS = 300;

  /** Into how many windows the calls after the warm-up are cut. */
  private static final int WINDOWS = 3;

  /** A leaked image of float pixels with its features is 30 KiB a call, 6.8 MiB in every window. */
  private static final long ALLOWED_NATIVE_GROWTH_BYTES = 4L << 20;

  private static final long ALLOWED_HEAP_GROWTH_BYTES = 4L << 20;

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "INT8"})
  void aThousandQuestionsLeaveMemoryFlat(
      Precision precision, @TempDir Path cache, TestReporter reporter) throws IOException {
    assumeThat(STATM).exists();
    Path golden = GoldenFolder.committed("model").resolve("v15-mlp2x");
    LoadOptions options =
        LoadOptions.builder().backendOptions(new BackendOptions(precision, null, 1, cache)).build();
    GenerationRequest request =
        GenerationRequest.question("Is there a fracture?")
            .images(ImageInput.of(golden.resolve("images/a.png")))
            .config(GenerationConfig.builder().maxNewTokens(3).build())
            .build();
    try (VisionLanguageModel model = LlavaMed.load(golden.resolve("checkpoint"), options)) {
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        model.generate(request);
      }
      long heapBefore = usedHeap();
      // A leak grows in every window; the heap's pages, which come at once, in one of them.
      long residentGrowth = Long.MAX_VALUE;
      for (int window = 0; window < WINDOWS; window++) {
        long residentBefore = residentBytes();
        for (int i = 0; i < (CALLS - WARM_UP_CALLS) / WINDOWS; i++) {
          model.generate(request);
        }
        residentGrowth = Math.min(residentGrowth, residentBytes() - residentBefore);
      }

      long heapGrowth = usedHeap() - heapBefore;
      reporter.publishEntry(
          "%s: %d calls more".formatted(precision.id(), CALLS - WARM_UP_CALLS),
          "heap %+d KiB, resident memory %+d KiB"
              .formatted(heapGrowth >> 10, residentGrowth >> 10));
      assertThat(heapGrowth).isLessThan(ALLOWED_HEAP_GROWTH_BYTES);
      assertThat(residentGrowth).isLessThan(ALLOWED_NATIVE_GROWTH_BYTES);
    }
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long residentBytes() throws IOException {
    return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
  }
}
