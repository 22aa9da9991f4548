package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.weights.IncompatibleWeightsException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which base and which delta or model fit together: the original's checks, in its order and with
 * its messages, then those it lacks.
 */
final class DeltaRules {
  /** The tensors that only a model with a projector has. */
  static final List<String> PROJECTOR =
      List.of("model.mm_projector.weight", "model.mm_projector.bias");

  /** The matrices that may have more rows than those of the base. */
  private static final List<String> MAY_BE_LARGER =
      List.of("model.embed_tokens.weight", "lm_head.weight");

  private final ModelDirectory base;
  private final ModelDirectory subject;
  private final String role;

  /**
   * Creates the rules for a pair.
   *
   * @param role what the subject is: {@code delta} or {@code target}
   */
  DeltaRules(ModelDirectory base, ModelDirectory subject, String role) {
    this.base = base;
    this.subject = subject;
    this.role = role;
  }

  /**
   * Checks the pair.
   *
   * @throws IncompatibleWeightsException if it does not fit
   * @throws UnsupportedModelException if the configurations are not those of LLaMA and v1.0.0
   */
  void check() {
    checkFamily(base);
    checkFamily(subject);
    List<String> narrow = new ArrayList<>();
    for (String name : subject.names()) {
      if (InvFreq.isName(name)) {
        continue;
      }
      if (!base.has(name)) {
        checkUnknown(name);
      } else {
        checkShape(name, narrow);
      }
      checkType(subject.info(name));
    }
    if (!narrow.isEmpty()) {
      String name = narrow.get(0);
      throw error(mismatch(name), "only the number of rows may differ");
    }
  }

  private static void checkFamily(ModelDirectory model) {
    String type = model.modelType();
    if (model.isNested() || !List.of("", "llama", "llava").contains(type)) {
      throw new UnsupportedModelException(
          "%s: deltas exist between LLaMA and v1.0.0 models, expected model_type 'llama' or 'llava', found '%s'%s"
              .formatted(
                  model.path().resolve("config.json"),
                  type,
                  model.isNested() ? " with a text_config" : ""));
    }
  }

  private void checkUnknown(String name) {
    if (!PROJECTOR.contains(name)) {
      List<String> unknown =
          subject.names().stream()
              .filter(other -> !base.has(other) && !InvFreq.isName(other))
              .filter(other -> !PROJECTOR.contains(other))
              .toList();
      throw error(
          name + " not in base model",
          "only the projector may be in the %s alone; in all %d: %s"
              .formatted(role, unknown.size(), String.join(", ", unknown)));
    }
  }

  private void checkShape(String name, List<String> narrow) {
    Shape ours = subject.info(name).shape();
    Shape theirs = base.info(name).shape();
    if (ours.equals(theirs)) {
      return;
    }
    if (!MAY_BE_LARGER.contains(name) || ours.rank() != 2 || theirs.rank() != 2) {
      throw error(mismatch(name), "expected equal shapes");
    }
    for (int axis = 1; axis >= 0; axis--) {
      if (theirs.dim(axis) > ours.dim(axis)) {
        throw error(
            "%s: The size of tensor a (%d) must match the size of tensor b (%d) at non-singleton dimension %d"
                .formatted(name, ours.dim(axis), theirs.dim(axis), axis),
            "the base has more %s than the %s: %s vs %s"
                .formatted(axis == 0 ? "rows" : "columns", role, theirs, ours));
      }
    }
    if (theirs.dim(1) < ours.dim(1)) {
      narrow.add(name); // The original goes on and fails at the first decoder weight.
    }
  }

  private void checkType(TensorInfo info) {
    boolean floats =
        info.dtype().isFloatingPoint()
            && (!base.has(info.name()) || base.info(info.name()).dtype().isFloatingPoint());
    if (!floats) {
      throw error(
          "tensor '" + info.name() + "'", "expected a floating-point type, found " + info.dtype());
    }
  }

  private String mismatch(String name) {
    return "%s dimension mismatch: torch.Size(%s) vs torch.Size(%s)"
        .formatted(name, subject.info(name).shape(), base.info(name).shape());
  }

  private IncompatibleWeightsException error(String problem, String explanation) {
    return new IncompatibleWeightsException(
        "%s (%s %s, base %s: %s)"
            .formatted(problem, role, subject.path(), base.path(), explanation));
  }
}
