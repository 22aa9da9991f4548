package io.github.llavamed.weights;

/** What a weight tool did to get a tensor of its output. */
public enum TensorAction {
  /** Taken over from an input, converted to the element type of the output if need be. */
  COPIED,
  /** The base was added, where the base has elements. */
  ADDED,
  /** The base was subtracted, where the base has elements. */
  SUBTRACTED,
  /** Computed from the configuration. */
  RECOMPUTED,
  /** The product of an adapter's two matrices was added. */
  MERGED,
  /** Taken over from an adapter in place of the base's. */
  REPLACED
}
