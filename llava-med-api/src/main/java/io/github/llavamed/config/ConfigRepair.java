package io.github.llavamed.config;

/**
 * Repairs of old v1.0.0 configurations, done in memory and only when asked for.
 *
 * <p>The original does both and rewrites the file on disk; here the file is never touched, and the
 * {@link ConfigReport} says what was changed.
 */
public enum ConfigRepair {
  /**
   * A configuration without {@code mm_vision_tower} gets {@code use_mm_proj: true}, {@code
   * mm_vision_tower: "openai/clip-vit-large-patch14"}, {@code mm_hidden_size: 1024} (the original's
   * {@code patch_config}).
   */
  ADD_VISION_TOWER,
  /**
   * A configuration of a model type that this library does not know, with exactly one architecture,
   * becomes {@code llava} / {@code LlavaLlamaForCausalLM} (the original's {@code auto_upgrade}).
   */
  UPGRADE_MODEL_TYPE
}
