package io.github.llavamed.inference;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.internal.FoundProvider;
import io.github.llavamed.inference.internal.ProviderLoader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the inference backends on the class path and chooses one.
 *
 * <p>An ordinary object: it looks once, when made, and keeps what it found. A provider that cannot
 * be loaded is kept with the reason and does not disturb the others. Safe for concurrent use.
 */
public final class BackendRegistry {
  /** The system property that names a backend when code does not: {@value}. */
  public static final String BACKEND_PROPERTY = "llavamed.backend";

  private static final Logger LOG = LoggerFactory.getLogger(BackendRegistry.class);

  /** What to add to a build, by the start of the id; said when a backend is missing. */
  private static final String COORDINATES =
      "io.github.llavamed:llava-med-onnx (onnx-cpu; with com.microsoft.onnxruntime:onnxruntime_gpu"
          + " also onnx-cuda, onnx-tensorrt) or io.github.llavamed:llava-med-trainer-javacpp"
          + " (libtorch)";

  private final List<FoundProvider> found;

  private BackendRegistry(List<FoundProvider> found) {
    this.found = List.copyOf(found);
  }

  /**
   * Looks for providers with the class loader of this library and, if that finds none, with the
   * context class loader of the current thread.
   */
  public static BackendRegistry load() {
    return load(
        BackendRegistry.class.getClassLoader(), Thread.currentThread().getContextClassLoader());
  }

  /**
   * Looks for providers with {@code first} and, if that finds none, with {@code second}.
   *
   * @param first null means the system class loader
   * @param second null means no second try
   */
  public static BackendRegistry load(@Nullable ClassLoader first, @Nullable ClassLoader second) {
    List<FoundProvider> found = new ArrayList<>(ProviderLoader.find(first));
    boolean none = found.stream().noneMatch(candidate -> candidate.provider() != null);
    if (none && second != null && second != first) {
      found.addAll(ProviderLoader.find(second));
    }
    return new BackendRegistry(found);
  }

  /** Returns a registry of exactly these providers, for programs that do not scan a class path. */
  public static BackendRegistry of(List<? extends InferenceBackendProvider> providers) {
    return new BackendRegistry(providers.stream().map(FoundProvider::of).toList());
  }

  /** Asks every backend for its status; best first, then those that cannot run. */
  public List<BackendReport> reports() {
    return found.stream()
        .map(FoundProvider::report)
        .sorted(
            Comparator.comparing((BackendReport report) -> !report.status().available())
                .thenComparing(BackendReport::priority, Comparator.reverseOrder())
                .thenComparing(BackendReport::id))
        .toList();
  }

  /**
   * Chooses a backend: {@code id}, else the system property {@value #BACKEND_PROPERTY}, else the
   * highest priority among those that can run here (of equals, the first id in alphabetical order).
   *
   * <p>A backend that was named is used or refused, never replaced by another.
   *
   * @param id the id that the caller names, or null
   * @throws BackendUnavailableException if the named one, or any at all, cannot run here
   * @throws LlavaMedException if two providers claim the same id
   */
  public InferenceBackendProvider choose(@Nullable String id) {
    rejectDuplicates();
    if (id != null) {
      return named(id, "the load options");
    }
    String property = System.getProperty(BACKEND_PROPERTY);
    if (property != null && !property.isBlank()) {
      return named(property.strip(), "system property " + BACKEND_PROPERTY);
    }
    return best();
  }

  private InferenceBackendProvider named(String id, String origin) {
    Optional<FoundProvider> match =
        found.stream().filter(candidate -> candidate.id().equals(id)).findFirst();
    if (match.isEmpty()) {
      throw new BackendUnavailableException(
          "backend '%s', named by %s, is not on the class path; found: %s; add %s, or name another"
              .formatted(id, origin, listing(), COORDINATES),
          null);
    }
    FoundProvider chosen = match.get();
    BackendStatus status = chosen.status();
    InferenceBackendProvider provider = chosen.provider();
    if (provider == null || !status.available()) {
      throw new BackendUnavailableException(
          "backend '%s', named by %s, cannot run here: %s; found: %s"
              .formatted(id, origin, status.detail(), listing()),
          chosen.failure());
    }
    return provider;
  }

  /** Asks by falling priority and stops at the first that can run: natives of others stay away. */
  private InferenceBackendProvider best() {
    List<FoundProvider> ranked =
        found.stream()
            .filter(candidate -> candidate.provider() != null)
            .sorted(
                Comparator.comparing(BackendRegistry::priority, Comparator.reverseOrder())
                    .thenComparing(FoundProvider::id))
            .toList();
    for (FoundProvider candidate : ranked) {
      InferenceBackendProvider provider = candidate.provider();
      if (provider != null && candidate.status().available()) {
        LOG.info(
            "Backend '{}' chosen, the first by priority that can run here (on the class path: {});"
                + " name one in the load options or with -D{}",
            candidate.id(),
            ranked.stream().map(FoundProvider::id).collect(Collectors.joining(", ")),
            BACKEND_PROPERTY);
        return provider;
      }
    }
    throw new BackendUnavailableException(
        "no inference backend can run here; found: %s; add %s to the class path"
            .formatted(listing(), COORDINATES),
        null);
  }

  private static int priority(FoundProvider candidate) {
    InferenceBackendProvider provider = candidate.provider();
    return provider == null ? Integer.MIN_VALUE : provider.priority();
  }

  private String listing() {
    if (found.isEmpty()) {
      return "none";
    }
    return reports().stream()
        .map(
            report ->
                "'%s' (%s%s)"
                    .formatted(
                        report.id(),
                        report.status().available() ? "available: " : "",
                        report.status().detail()))
        .collect(Collectors.joining(", "));
  }

  private void rejectDuplicates() {
    for (int i = 0; i < found.size(); i++) {
      for (int j = 0; j < i; j++) {
        FoundProvider first = found.get(j);
        FoundProvider second = found.get(i);
        if (first.provider() != null
            && second.provider() != null
            && first.id().equals(second.id())) {
          throw new LlavaMedException(
              "backend id '%s' is claimed by two providers: %s and %s; keep one of them on the class path"
                  .formatted(first.id(), first.origin(), second.origin()));
        }
      }
    }
  }
}
