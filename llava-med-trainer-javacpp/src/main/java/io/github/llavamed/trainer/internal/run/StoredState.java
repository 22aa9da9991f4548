package io.github.llavamed.trainer.internal.run;

import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * What a checkpoint holds of the trained tensors: their weights and the optimiser's memory.
 *
 * <p>Read by ranges, so that a rank with a slice reads no more than that. Names are those of files.
 */
interface StoredState extends AutoCloseable {
  /** What is stored of each tensor. */
  enum Part {
    /** The weight itself. */
    WEIGHT("weight."),

    /** AdamW's mean of the gradients. */
    EXP_AVG("exp_avg."),

    /** AdamW's mean of their squares. */
    EXP_AVG_SQ("exp_avg_sq.");

    private final String prefix;

    Part(String prefix) {
      this.prefix = prefix;
    }

    /** Returns the name of this part of a tensor. */
    String of(String name) {
      return prefix + name;
    }

    /** Returns whether a name is one of this part. */
    boolean isIn(String stored) {
      return stored.startsWith(prefix);
    }

    /** Returns the tensor's name in a name of this part. */
    String nameIn(String stored) {
      return stored.substring(prefix.length());
    }
  }

  /** Returns the names of the tensors that were trained. */
  Set<String> names();

  /**
   * Reads elements of a tensor, as if it lay flat.
   *
   * @param first the first element
   * @param target takes as many elements as it has; float32 on the CPU // [k]
   */
  void read(Part part, String name, long first, Tensor target);

  @Override
  void close();
}
