package io.github.llavamed.inference.internal;

import io.github.llavamed.inference.BackendReport;
import io.github.llavamed.inference.BackendStatus;
import io.github.llavamed.inference.InferenceBackendProvider;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/**
 * A provider, or what is left of one that could not be loaded.
 *
 * @param id its id, or the name it was found under
 * @param priority its rank
 * @param className its class, or null if not even that is known
 * @param location the jar or directory of the class, or null if unknown
 * @param provider the provider, or null if it must not be used
 * @param problem why it must not be used; null beside a provider
 * @param failure what was thrown, or null
 */
public record FoundProvider(
    String id,
    int priority,
    @Nullable String className,
    @Nullable String location,
    @Nullable InferenceBackendProvider provider,
    @Nullable String problem,
    @Nullable Throwable failure) {

  /**
   * Describes a provider that was instantiated; what its own methods throw is kept as a problem.
   */
  public static FoundProvider of(InferenceBackendProvider provider) {
    Class<?> type = provider.getClass();
    try {
      String id = provider.id();
      if (id == null || id.isBlank()) {
        return broken(type, type.getName(), "its id is blank; every backend needs one", null);
      }
      int version = provider.spiVersion();
      if (version != InferenceBackendProvider.SPI_VERSION) {
        String problem =
            "compiled against version %d of the backend interface, this library has version %d; use modules of one release"
                .formatted(version, InferenceBackendProvider.SPI_VERSION);
        return broken(type, id, problem, null);
      }
      return new FoundProvider(
          id, provider.priority(), type.getName(), location(type), provider, null, null);
    } catch (LinkageError | RuntimeException e) {
      return broken(type, type.getName(), "cannot be asked for its id: " + reason(e), e);
    }
  }

  /** Describes a provider whose class is known but of no use. */
  static FoundProvider broken(
      Class<?> type, String id, String problem, @Nullable Throwable failure) {
    return new FoundProvider(id, 0, type.getName(), location(type), null, problem, failure);
  }

  /** Describes an entry of a services file that led to no class. */
  static FoundProvider unreadable(Throwable failure) {
    return new FoundProvider(
        "unreadable service entry", 0, null, null, null, reason(failure), failure);
  }

  /** Asks for the status; what the question throws becomes the reason. */
  public BackendStatus status() {
    if (provider == null) {
      return BackendStatus.unavailable(problem == null ? "unknown reason" : problem);
    }
    try {
      return provider.probe();
    } catch (LinkageError | RuntimeException e) {
      return BackendStatus.unavailable("its probe failed: " + reason(e));
    }
  }

  /** Returns id, rank, status and place. */
  public BackendReport report() {
    BackendStatus status = status();
    return new BackendReport(id, priority, status, location, advice(status));
  }

  /**
   * Returns what the provider says on precisions; silence if it cannot run or the question fails.
   */
  private @Nullable String advice(BackendStatus status) {
    if (provider == null || !status.available()) {
      return null;
    }
    try {
      return provider.precisionAdvice().orElse(null);
    } catch (LinkageError | RuntimeException e) {
      return "cannot be asked: " + reason(e);
    }
  }

  /** Returns class and place for messages. */
  public String origin() {
    return className + " in " + (location == null ? "an unknown place" : location);
  }

  /** Returns what an exception says, with its causes, in one line. */
  static String reason(Throwable failure) {
    StringBuilder text = new StringBuilder(describe(failure));
    Throwable cause = failure.getCause();
    for (int depth = 0; cause != null && depth < 3; depth++) {
      text.append("; caused by ").append(describe(cause));
      cause = cause.getCause();
    }
    return text.toString().replaceAll("\\s+", " ");
  }

  private static String describe(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
  }

  private static @Nullable String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null ? null : source.getLocation().getPath();
  }
}
