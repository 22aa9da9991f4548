package io.github.llavamed.inference;

import io.github.llavamed.checkpoint.TensorSource;

/**
 * The weights of a model under one set of names, whatever the family calls them on disk.
 *
 * <p>Names: {@code model.embed_tokens.weight} [v, c]; {@code
 * model.layers.I.self_attn.q_proj.weight} (also {@code k_proj}, {@code v_proj}, {@code o_proj});
 * {@code model.layers.I.mlp.gate_proj.weight} (also {@code up_proj}, {@code down_proj}); {@code
 * model.layers.I.input_layernorm.weight}; {@code model.layers.I.post_attention_layernorm.weight};
 * {@code model.norm.weight}; {@code lm_head.weight} (always present; the embedding itself when
 * tied); {@code model.mm_projector.K.weight} and {@code .bias} with K = 0, 2, 4 … for every
 * projector type (a single linear layer is K = 0); the CLIP tower as {@code vision_model.*}, the
 * BiomedCLIP trunk as {@code visual.trunk.*}.
 */
public interface ModelWeights extends TensorSource {}
