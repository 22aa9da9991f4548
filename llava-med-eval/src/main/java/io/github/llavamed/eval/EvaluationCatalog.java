package io.github.llavamed.eval;

import io.github.llavamed.dataset.VqaDatasetProvider;
import io.github.llavamed.metric.Metric;
import io.github.llavamed.metric.ScoringProtocol;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The metrics, protocols and data sets on the class path, by their names. Immutable.
 *
 * @param metrics by id
 * @param protocols by name
 * @param datasets by id
 */
public record EvaluationCatalog(
    Map<String, Metric> metrics,
    Map<String, ScoringProtocol> protocols,
    Map<String, VqaDatasetProvider> datasets) {
  /** Copies the maps, sorted by name. */
  public EvaluationCatalog {
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    protocols = Collections.unmodifiableMap(new TreeMap<>(protocols));
    datasets = Collections.unmodifiableMap(new TreeMap<>(datasets));
  }

  /** Finds what the class loader of this library sees. */
  public static EvaluationCatalog load() {
    return load(EvaluationCatalog.class.getClassLoader());
  }

  /**
   * Finds what a class loader sees.
   *
   * @throws EvaluationException if two classes claim one name
   * @throws java.util.ServiceConfigurationError if a listed class cannot be made
   */
  public static EvaluationCatalog load(ClassLoader loader) {
    return new EvaluationCatalog(
        byName(ServiceLoader.load(Metric.class, loader), Metric::id),
        byName(ServiceLoader.load(ScoringProtocol.class, loader), ScoringProtocol::name),
        byName(ServiceLoader.load(VqaDatasetProvider.class, loader), VqaDatasetProvider::id));
  }

  private static <T> Map<String, T> byName(Iterable<T> services, Function<T, String> name) {
    Map<String, T> found = new TreeMap<>();
    for (T service : services) {
      T other = found.put(name.apply(service), service);
      if (other != null) {
        throw new EvaluationException(
            "service '"
                + name.apply(service)
                + "': expected one class, found "
                + other.getClass().getName()
                + " and "
                + service.getClass().getName()
                + "; remove one from the class path");
      }
    }
    return found;
  }

  /**
   * Returns a metric.
   *
   * @throws EvaluationException if there is none of that id
   */
  public Metric metric(String id) {
    return named(metrics, "metric", id);
  }

  /**
   * Returns a protocol.
   *
   * @throws EvaluationException if there is none of that name
   */
  public ScoringProtocol protocol(String name) {
    return named(protocols, "protocol", name);
  }

  /**
   * Returns the reader of a kind of data set.
   *
   * @throws EvaluationException if there is none of that id
   */
  public VqaDatasetProvider dataset(String id) {
    return named(datasets, "data set", id);
  }

  private static <T> T named(Map<String, T> services, String kind, String name) {
    T service = services.get(name);
    if (service == null) {
      throw new EvaluationException(
          kind + ": expected one of " + services.keySet() + ", found '" + name + "'");
    }
    return service;
  }
}
