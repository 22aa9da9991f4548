package io.github.llavamed.metric;

import io.github.llavamed.dataset.VqaSample;
import java.util.List;
import java.util.Map;

/**
 * Names, once and for good, how answers of a whole data set become figures.
 *
 * <p>Whoever changes what a protocol computes changes its version. Found by {@link
 * java.util.ServiceLoader}; implementations have a public no-argument constructor, are immutable
 * and safe for concurrent use.
 */
public interface ScoringProtocol {
  /** Returns the name that users type, in kebab case; unique, never blank. */
  String name();

  /** Returns the version of the rules, for example {@code 1}; never blank. */
  String version();

  /** Says how a question is treated. */
  AnswerKind kindOf(VqaSample sample);

  /** Returns the metrics in the order of the report; keys are unique. */
  List<ProtocolMetric> metrics();

  /** Returns the settings that reports state beside name and version; empty if there are none. */
  default Map<String, String> settings() {
    return Map.of();
  }
}
