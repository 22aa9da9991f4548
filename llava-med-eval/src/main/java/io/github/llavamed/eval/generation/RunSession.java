package io.github.llavamed.eval.generation;

import java.time.Instant;
import java.util.Map;

/**
 * One start of a run, which may have been interrupted. Immutable.
 *
 * @param date when it began
 * @param versions by name: {@code llava-med}, {@code java}, and the library that computed
 */
public record RunSession(Instant date, Map<String, String> versions) {
  /** Copies the map. */
  public RunSession {
    versions = Map.copyOf(versions);
  }
}
