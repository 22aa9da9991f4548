package io.github.llavamed.inference;

import java.util.Arrays;
import java.util.Optional;

/** The number formats in which a backend can hold weights and compute. */
public enum Precision {
  /** Single precision: the reference. */
  FP32("fp32"),
  /** IEEE half precision. */
  FP16("fp16"),
  /** bfloat16. */
  BF16("bf16"),
  /** 8-bit integer weights and activations, a scale for each output and for each row. */
  INT8("int8"),
  /** 8-bit integer weights and activations with a scale for each block of them. */
  INT8_BLOCKS("int8-blocks"),
  /** 4-bit integer weights with a scale for each block of them. */
  INT4("int4"),
  /** Prompts in {@link #INT8}, new tokens in {@link #INT8_BLOCKS}: both are held. */
  INT8_INT8_BLOCKS("int8+int8-blocks") {
    @Override
    public Precision prompts() {
      return INT8;
    }

    @Override
    public Precision newTokens() {
      return INT8_BLOCKS;
    }
  },
  /** Prompts in {@link #INT8}, new tokens in {@link #INT4}: both are held. */
  INT8_INT4("int8+int4") {
    @Override
    public Precision prompts() {
      return INT8;
    }

    @Override
    public Precision newTokens() {
      return INT4;
    }
  };

  private final String id;

  Precision(String id) {
    this.id = id;
  }

  /** Returns the format of this name, in capitals or not, or nothing. */
  public static Optional<Precision> byId(String id) {
    return Arrays.stream(values()).filter(value -> value.id.equalsIgnoreCase(id)).findFirst();
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }

  /** Returns the format of the weights that read prompts: this one itself unless two are held. */
  public Precision prompts() {
    return this;
  }

  /**
   * Returns the format of the weights that make new tokens: this one itself unless two are held.
   */
  public Precision newTokens() {
    return this;
  }

  /** Returns whether two formats of all weights are held. */
  public boolean isPair() {
    return prompts() != newTokens();
  }
}
