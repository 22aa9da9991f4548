package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.LoadReport;
import io.github.llavamed.checkpoint.TensorSource;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.model.VisionTowerChoice;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model put together, complete or not.
 *
 * @param config the configuration with the number of rows that are used
 * @param origins where each weight is stored, in the order of the forward pass; lacks the missing
 *     ones
 * @param report what became of each tensor
 * @param tower where the tower comes from
 * @param towerSource the tower's own file, or null if the checkpoint's tensors are used
 * @param problems what does not fit, one line each
 * @param notes remarks for people
 */
public record Assembly(
    LlavaConfig config,
    Map<String, MappedWeights.Origin> origins,
    LoadReport report,
    VisionTowerChoice tower,
    @Nullable TensorSource towerSource,
    List<String> problems,
    List<String> notes) {
  /** Copies the lists. */
  public Assembly {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }
}
