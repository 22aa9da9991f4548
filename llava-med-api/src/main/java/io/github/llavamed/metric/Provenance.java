package io.github.llavamed.metric;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the figures of a report come from. Immutable.
 *
 * @param protocol name of the protocol, for example {@code llava-med-v1}
 * @param dataset name of the data set
 * @param settings everything else that was chosen: seed, resamples, options
 * @param hashes SHA-256 by name: {@code dataset}, {@code predictions}
 * @param versions versions by name: {@code protocol}, {@code llava-med}, {@code java}
 * @param date when the figures were computed
 */
public record Provenance(
    String protocol,
    String dataset,
    Map<String, String> settings,
    Map<String, String> hashes,
    Map<String, String> versions,
    Instant date) {
  /** Copies the maps, sorted by name. */
  public Provenance {
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    hashes = Collections.unmodifiableMap(new TreeMap<>(hashes));
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }
}
