package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.internal.nn.MultiModalProjector;

/** The names of tensors in v1.0.0 files, where the projector is one layer without a number. */
public final class DiskNames {
  private static final String NUMBERED = MultiModalProjector.PREFIX + "0.";

  private DiskNames() {}

  /** Returns the name in a file of a tensor of the model. */
  public static String toDisk(String canonical) {
    return canonical.startsWith(NUMBERED)
        ? MultiModalProjector.PREFIX + canonical.substring(NUMBERED.length())
        : canonical;
  }

  /** Returns the model's name of a tensor in a file. */
  public static String toCanonical(String disk) {
    boolean plain =
        disk.equals(MultiModalProjector.PREFIX + "weight")
            || disk.equals(MultiModalProjector.PREFIX + "bias");
    return plain ? NUMBERED + disk.substring(MultiModalProjector.PREFIX.length()) : disk;
  }
}
