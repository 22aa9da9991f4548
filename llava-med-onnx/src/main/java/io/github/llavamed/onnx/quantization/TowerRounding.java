package io.github.llavamed.onnx.quantization;

/** When the vision tower and the projector of a rounded decoder are rounded to 8 bits as well. */
public enum TowerRounding {
  /** They stay in float32. */
  NEVER,
  /**
   * They are rounded if the features of sample images come close enough to float32; otherwise they
   * stay as they are.
   */
  IF_CLOSE,
  /** They are rounded, whatever is measured. */
  ALWAYS
}
