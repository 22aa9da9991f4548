package io.github.llavamed.trainer.internal.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the tower's features of images between epochs and runs. Safe for concurrent use. */
public interface FeatureStore {
  /** Keeps nothing. */
  FeatureStore NONE =
      new FeatureStore() {
        @Override
        public @Nullable StoredFeatures find(String key) {
          return null;
        }

        @Override
        public void put(String key, StoredFeatures features) {}
      };

  /** Returns what is stored under a key, or null if there is nothing that can be read. */
  @Nullable StoredFeatures find(String key);

  /** Stores features, unless there is no room. Never fails. */
  void put(String key, StoredFeatures features);

  /** Returns what a person should know since the last call, such as a damaged file. */
  default List<String> takeWarnings() {
    return List.of();
  }
}
