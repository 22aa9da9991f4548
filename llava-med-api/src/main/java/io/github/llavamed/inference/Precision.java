package io.github.llavamed.inference;

/** The number formats in which a backend can hold weights and compute. */
public enum Precision {
  /** Single precision: the reference. */
  FP32("fp32"),
  /** IEEE half precision. */
  FP16("fp16"),
  /** bfloat16. */
  BF16("bf16"),
  /** 8-bit integer weights and activations. */
  INT8("int8"),
  /** 4-bit integer weights. */
  INT4("int4");

  private final String id;

  Precision(String id) {
    this.id = id;
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }
}
