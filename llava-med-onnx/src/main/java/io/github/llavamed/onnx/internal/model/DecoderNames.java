package io.github.llavamed.onnx.internal.model;

/** Names of the decoder graph's inputs and outputs, shared by its writer and its runner. */
public final class DecoderNames {
  /** Input: embeddings of the rows of this run, float // [b, s, c]. */
  public static final String INPUTS_EMBEDS = "inputs_embeds";

  /** Input: for each sequence the positions filled after this run less one, int32 // [b]. */
  public static final String SEQLENS_K = "seqlens_k";

  /** Input: positions filled after this run by the longest sequence, int32 // [1]. */
  public static final String TOTAL_SEQUENCE_LENGTH = "total_sequence_length";

  /** Input: first row of this run whose logits are wanted, int64 // [1]. */
  public static final String FIRST_LOGIT_ROW = "first_logit_row";

  /** Output: logits of the wanted rows, float // [b, rows, v]. */
  public static final String LOGITS = "logits";

  /** Value that enters the head // [b, rows, c]. */
  public static final String HEAD_INPUT = "head.x";

  private DecoderNames() {}

  /** Returns the output of a layer before any norm // [b, s, c], of the last one [b, rows, c]. */
  public static String state(int layer, int layers) {
    return (layer + 1 == layers ? HEAD_INPUT : attentionInput(layer + 1)) + ".sum";
  }

  /** Returns the value that enters a layer's query, key and value projections // [b, s, c]. */
  public static String attentionInput(int layer) {
    return "layers." + layer + ".attention.x";
  }

  /** Returns the value that enters a layer's attention output projection // [b, s, h d]. */
  public static String attentionHeads(int layer) {
    return "layers." + layer + ".attention.heads";
  }

  /** Returns the value that enters a layer's gate and up projections // [b, s, c]. */
  public static String mlpInput(int layer) {
    return "layers." + layer + ".mlp.x";
  }

  /** Returns the value that enters a layer's down projection // [b, s, i]. */
  public static String mlpProduct(int layer) {
    return "layers." + layer + ".mlp.product";
  }

  /** Returns the input of a layer's keys, float // [b, k, positions, d]. */
  public static String pastKey(int layer) {
    return "past_key_values." + layer + ".key";
  }

  /** Returns the input of a layer's values, float // [b, k, positions, d]. */
  public static String pastValue(int layer) {
    return "past_key_values." + layer + ".value";
  }

  /** Returns the output of a layer's keys, float // [b, k, positions, d]. */
  public static String presentKey(int layer) {
    return "present." + layer + ".key";
  }

  /** Returns the output of a layer's values, float // [b, k, positions, d]. */
  public static String presentValue(int layer) {
    return "present." + layer + ".value";
  }

  /**
   * Returns the output of a hidden state, where the graph exposes them: state 0 are the embeddings
   * and not an output, state i the output of layer i, the last one after the final norm // [b, s,
   * c].
   */
  public static String hiddenState(int index) {
    return "hidden_states." + index;
  }
}
