package io.github.llavamed.inference.internal;

import io.github.llavamed.inference.InferenceBackendProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Walks a {@link ServiceLoader} so that one broken provider does not hide the others. */
public final class ProviderLoader {
  /** A services file that cannot be read at all fails for ever: give up after this many entries. */
  private static final int MAX_UNREADABLE = 64;

  private ProviderLoader() {}

  /** Returns every provider that the loader sees, the broken ones with their reason. */
  public static List<FoundProvider> find(@Nullable ClassLoader loader) {
    Iterator<ServiceLoader.Provider<InferenceBackendProvider>> entries =
        ServiceLoader.load(InferenceBackendProvider.class, loader).stream().iterator();
    List<FoundProvider> found = new ArrayList<>();
    int unreadable = 0;
    while (unreadable < MAX_UNREADABLE) {
      try {
        if (!entries.hasNext()) {
          break;
        }
        found.add(instantiate(entries.next()));
      } catch (ServiceConfigurationError | LinkageError e) {
        found.add(FoundProvider.unreadable(e));
        unreadable++;
      }
    }
    return found;
  }

  private static FoundProvider instantiate(ServiceLoader.Provider<InferenceBackendProvider> entry) {
    try {
      return FoundProvider.of(entry.get());
    } catch (ServiceConfigurationError | LinkageError e) {
      Class<?> type = entry.type();
      return FoundProvider.broken(
          type, type.getName(), "cannot be instantiated: " + FoundProvider.reason(e), e);
    }
  }
}
