package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSource;
import io.github.llavamed.inference.ModelWeights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A view of stored tensors under canonical names, cut to fewer rows where asked for.
 *
 * <p>The {@link TensorInfo} of a tensor carries the canonical name. Safe for concurrent use as far
 * as its sources are.
 */
public final class MappedWeights implements ModelWeights {
  private final Map<String, Origin> origins;
  private final Map<String, TensorInfo> infos = new LinkedHashMap<>();

  /**
   * Where a weight is stored.
   *
   * @param source the checkpoint that holds it
   * @param storedName its name there
   * @param shape the shape that is shown, with as many rows as are kept
   */
  public record Origin(TensorSource source, String storedName, Shape shape) {
    /** Returns the stored tensor's description. */
    TensorInfo stored() {
      TensorInfo info = source.tensors().get(storedName);
      if (info == null) {
        throw new IllegalStateException("tensor '" + storedName + "' is gone from its source");
      }
      return info;
    }
  }

  /** Creates the view; the map's order is the order of the weights. */
  public MappedWeights(Map<String, Origin> origins) {
    this.origins = new LinkedHashMap<>(origins);
    origins.forEach(
        (name, origin) -> {
          TensorInfo stored = origin.stored();
          infos.put(name, new TensorInfo(name, stored.dtype(), origin.shape(), stored.file()));
        });
  }

  /** Returns the stored name of each weight. */
  public static Map<String, String> storedNames(Map<String, Origin> origins) {
    Map<String, String> names = new LinkedHashMap<>();
    origins.forEach((name, origin) -> names.put(name, origin.storedName()));
    return names;
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(infos);
  }

  @Override
  public TensorData tensor(String name) {
    Origin origin = origins.get(name);
    TensorInfo info = infos.get(name);
    if (origin == null || info == null) {
      throw new IllegalArgumentException(
          "expected the canonical name of a weight, found '" + name + "'");
    }
    return new LeadingRows(origin.source().tensor(origin.storedName()), info);
  }
}
