package io.github.llavamed.trainer.internal.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.BackendUnavailableException;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibTorchTest {
  @TempDir private Path directory;

  @BeforeEach
  void loadLibrary() {
    LibTorch.load();
  }

  @Test
  void liftsTheMemoryLimitsOfTheBridge() {
    assertThat(Pointer.maxPhysicalBytes()).isZero();
    assertThat(Pointer.maxBytes()).isZero();
    assertThat(LibTorch.buildSummary()).contains("PyTorch");
    assertThat(LibTorch.devices()).startsWith("cpu");
  }

  @Test
  void tellsNativeFailuresInOneLine() {
    try (PointerScope scope = new PointerScope()) {
      Tensor a = torch.zeros(2, 3);
      RuntimeException failure =
          catchThrowableOfType(RuntimeException.class, () -> torch.matmul(a, a));

      RuntimeException translated = LibTorch.translated(failure);

      assertThat(translated)
          .isInstanceOf(LlavaMedException.class)
          .hasMessageContaining("libtorch: ")
          .hasCause(failure);
      assertThat(translated.getMessage().lines()).hasSize(1);
      IllegalStateException own = new IllegalStateException("mine");
      assertThat(LibTorch.translated(own)).isSameAs(own);
    }
  }

  @Test
  void namesTheCudaLibraryThatIsLacking() {
    UnsatisfiedLinkError inner =
        new UnsatisfiedLinkError(
            "/cache/libtorch_cuda.so: libcudnn.so.9: cannot open shared object file: No such file");
    UnsatisfiedLinkError outer = new UnsatisfiedLinkError("no jnitorch in java.library.path");
    outer.initCause(inner);

    assertThat(LibTorch.messageOf(outer))
        .startsWith("libtorch's GPU build needs libcudnn.so.9, which is not found: install")
        .contains("CUDA 13", "cuDNN 9", "NCCL 2", "or use the CPU build");
    assertThat(LibTorch.messageOf(new UnsatisfiedLinkError("libgomp.so.1: cannot open")))
        .contains("libgomp.so.1")
        .contains("with the classifier of this platform");
  }

  @Test
  void saysWhatAGpuNeeds() {
    assumeThat(LibTorch.devices()).containsExactly("cpu");

    assertThatThrownBy(() -> LibTorch.requireDevice("cuda:0"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("expected one of [cpu], found 'cuda:0'")
        .hasMessageContaining("with the classifier " + Loader.getPlatform() + "-gpu");
    assertThatThrownBy(() -> LibTorch.requireDevice("tpu"))
        .hasMessage("device: expected one of [cpu], found 'tpu'");
  }

  /** In a class loader of its own, whose class path holds both builds' libraries. */
  @Test
  void refusesTwoBuildsOnTheClassPath() throws Exception {
    String library = System.mapLibraryName("jnitorch");
    for (String build : List.of("", "-gpu")) {
      Path folder = directory.resolve("org/bytedeco/pytorch").resolve(Loader.getPlatform() + build);
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(library), "");
    }
    try (URLClassLoader loader = new URLClassLoader(classPath(), null)) {
      Class<?> type = loader.loadClass(LibTorch.class.getName());

      assertThatThrownBy(() -> type.getMethod("load").invoke(null))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .satisfies(
              cause ->
                  assertThat(cause.getClass().getName())
                      .isEqualTo(BackendUnavailableException.class.getName()))
          .hasMessageContaining("remove one of the two jars");
    }
  }

  private URL[] classPath() throws IOException {
    List<URL> urls = new ArrayList<>(List.of(directory.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(new URL[0]);
  }
}
