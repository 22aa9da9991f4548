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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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

  /** Answers so many requests, and drops the answers. */
  @FunctionalInterface
  private interface Asker {
    void ask(VisionLanguageModel model, List<GenerationRequest> requests) throws IOException;
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "INT8"})
  void aThousandQuestionsLeaveMemoryFlat(
      Precision precision, @TempDir Path cache, TestReporter reporter) throws IOException {
    assertStaysFlat(
        precision,
        cache,
        reporter,
        List.of("a.png"),
        (model, requests) -> {
          for (GenerationRequest request : requests) {
            model.generate(request);
          }
        });
  }

  @Test
  void aThousandRequestsInStepLeaveMemoryFlat(@TempDir Path cache, TestReporter reporter)
      throws IOException {
    assertStaysFlat(
        Precision.INT8,
        cache,
        reporter,
        List.of("a.png", "b.png"),
        VisionLanguageModel::generateAll);
  }

  private static void assertStaysFlat(
      Precision precision, Path cache, TestReporter reporter, List<String> images, Asker asker)
      throws IOException {
    assumeThat(STATM).exists();
    Path golden = GoldenFolder.committed("model").resolve("v15-mlp2x");
    LoadOptions options =
        LoadOptions.builder().backendOptions(new BackendOptions(precision, null, 1, cache)).build();
    try (VisionLanguageModel model = LlavaMed.load(golden.resolve("checkpoint"), options)) {
      asker.ask(model, requests(golden, images, WARM_UP_CALLS));
      List<GenerationRequest> requests =
          requests(golden, images, (CALLS - WARM_UP_CALLS) / WINDOWS);
      long heapBefore = usedHeap();
      // A leak grows in every window; the heap's pages, which come at once, in one of them.
      long residentGrowth = Long.MAX_VALUE;
      for (int window = 0; window < WINDOWS; window++) {
        long residentBefore = residentBytes();
        asker.ask(model, requests);
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

  private static List<GenerationRequest> requests(Path golden, List<String> images, int count) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(
          GenerationRequest.question("Is there a fracture?")
              .images(
                  ImageInput.of(golden.resolve("images").resolve(images.get(i % images.size()))))
              .config(GenerationConfig.builder().maxNewTokens(3).build())
              .build());
    }
    return requests;
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
