package io.github.llavamed.trainer.internal.torch;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.BackendUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads libtorch; the only class that does.
 *
 * <p>Call {@link #load()} before any other use of a libtorch class. Safe for concurrent use.
 */
public final class LibTorch {
  private static final Logger LOG = LoggerFactory.getLogger(LibTorch.class);
  private static final String PACKAGE = "org/bytedeco/pytorch/";
  private static final String GPU = "-gpu";

  /** What the GPU build of this version is linked with; none of it is on Maven Central. */
  private static final String CUDA_NEEDS = "the CUDA 13 toolkit, cuDNN 9 and NCCL 2";

  private static final Pattern CUDA_LIBRARY =
      Pattern.compile("lib(cu|nv|nccl)[A-Za-z0-9_]*\\.so[.0-9]*");

  private LibTorch() {}

  /**
   * Loads the native libraries, or does nothing if they are there.
   *
   * @throws BackendUnavailableException if they cannot be loaded; the message names the library
   */
  public static void load() {
    // JavaCPP would otherwise count all memory of the process against four times the Java heap.
    // Read when its Pointer class initialises, so before anything else.
    setDefault("org.bytedeco.javacpp.maxBytes", "0");
    setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    setDefault("org.bytedeco.javacpp.logger", "slf4j");
    rejectTwoBuilds();
    try {
      // From inside OpenBLAS's own loading order, so that libtorch finds it.
      Loader.load(openblas.class);
      Loader.load(torch.class);
    } catch (LinkageError e) {
      throw new BackendUnavailableException(messageOf(e), e);
    }
  }

  /** Returns the versions and libraries that libtorch was built with. */
  public static String buildSummary() {
    load();
    return torch.show_config().getString();
  }

  /** Returns the version of libtorch and of its Java binding, {@code 2.13.0-1.5.14}. */
  public static String version() {
    String version = torch.class.getPackage().getImplementationVersion();
    return version == null ? "of unknown version" : version;
  }

  /** Returns the devices of this machine: {@code cpu}, then {@code cuda:0} and so on. */
  public static List<String> devices() {
    load();
    List<String> devices = new ArrayList<>(List.of("cpu"));
    if (torch.cuda_is_available()) {
      for (int i = 0; i < torch.cuda_device_count(); i++) {
        devices.add("cuda:" + i);
      }
    }
    return devices;
  }

  /**
   * Sets libtorch's own worker threads.
   *
   * <p>With float32 on the CPU they would spin against those of OpenBLAS, which does the matrix
   * products and has its own (measured 15 times slower); so float32 gets one, bfloat16 all.
   *
   * @param threads how many OpenBLAS, or libtorch with bfloat16, may use; 0 for the machine's cores
   */
  public static void setThreads(int threads, boolean float32) {
    int most = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    if (threads > 0) {
      openblas_full.openblas_set_num_threads(threads);
    }
    torch.set_num_threads(float32 ? 1 : most);
    LOG.debug("threads: {} of {}", float32 ? "OpenBLAS" : "libtorch", most);
  }

  /** Returns the bytes that this process holds in main memory. */
  public static long memoryBytes() {
    return Pointer.physicalBytes();
  }

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  /** Both builds in one process abort the JVM, so they are told apart before loading. */
  private static void rejectTwoBuilds() {
    String platform = Loader.getPlatform().replace(GPU, "");
    if (hasLibrary(platform) && hasLibrary(platform + GPU)) {
      throw new BackendUnavailableException(
          "libtorch: expected one build on the class path, found pytorch-%s and pytorch-%s%s;"
                  .formatted(platform, platform, GPU)
              + " remove one of the two jars",
          null);
    }
  }

  private static boolean hasLibrary(String platform) {
    ClassLoader loader = Objects.requireNonNull(LibTorch.class.getClassLoader());
    return loader.getResource(PACKAGE + platform + "/" + System.mapLibraryName("jnitorch")) != null;
  }

  /**
   * Checks that a device can be used.
   *
   * @throws BackendUnavailableException if not; the message says what there is and what is lacking
   */
  public static void requireDevice(String device) {
    List<String> devices = devices();
    if (devices.contains(device)) {
      return;
    }
    String gpu = Loader.getPlatform().replace(GPU, "") + GPU;
    String reason =
        !device.startsWith("cuda")
            ? ""
            : hasLibrary(gpu)
                ? "; the GPU build is there, but finds no device: look at the driver (nvidia-smi)"
                    + " and at CUDA_VISIBLE_DEVICES"
                : "; this is the CPU build: put org.bytedeco:pytorch with the classifier "
                    + gpu
                    + " in its place";
    throw new BackendUnavailableException(
        "device: expected one of %s, found '%s'%s".formatted(devices, device, reason), null);
  }

  /** Says which library is lacking: what the loader of libraries complains about first. */
  static String messageOf(LinkageError error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    Matcher cuda = CUDA_LIBRARY.matcher(String.valueOf(cause.getMessage()));
    if (cuda.find()) {
      return "libtorch's GPU build needs %s, which is not found: install %s and name their folders in LD_LIBRARY_PATH, or use the CPU build"
          .formatted(cuda.group(), CUDA_NEEDS);
    }
    return String.format(
        Locale.ROOT,
        "libtorch cannot be loaded on %s: %s; add org.bytedeco:pytorch, javacpp and openblas with"
            + " the classifier of this platform, or install the library that is named",
        Loader.getPlatform(),
        firstLine(cause));
  }

  /**
   * Returns an exception of this library for one that comes from libtorch's C++ code, which are
   * plain runtime exceptions with a native back-trace; any other is returned as it is.
   */
  public static RuntimeException translated(RuntimeException failure) {
    return failure.getClass() == RuntimeException.class
        ? new LlavaMedException("libtorch: " + firstLine(failure), failure)
        : failure;
  }

  /** Returns the first line of a failure's message: what follows is a native back-trace. */
  public static String firstLine(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.lines().findFirst().orElse(failure.getClass().getName());
  }
}
