package io.github.llavamed.inference;

import java.util.Arrays;
import java.util.Optional;

/** Where a backend keeps a model's weights while it runs. */
public enum WeightPlacement {
  /**
   * In memory of the process, in the form that the kernels want: the fastest runs, after a load
   * that copies every weight.
   */
  PACKED("packed"),
  /**
   * In the files: loading reads nothing, processes share the pages, and the system may drop pages
   * and read them again. Runs are slower, because kernels take the weights as they lie.
   */
  MAPPED("mapped");

  private final String id;

  WeightPlacement(String id) {
    this.id = id;
  }

  /** Returns the placement of this name, in capitals or not, or nothing. */
  public static Optional<WeightPlacement> byId(String id) {
    return Arrays.stream(values()).filter(value -> value.id.equalsIgnoreCase(id)).findFirst();
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }
}
