package io.github.llavamed.tokenizer.internal;

/** The roles that configuration files give to tokens, in the order of transformers. */
enum SpecialRole {
  BOS,
  EOS,
  UNK,
  SEP,
  PAD,
  CLS,
  MASK;

  /** Returns the key in {@code tokenizer_config.json} and {@code special_tokens_map.json}. */
  String key() {
    return switch (this) {
      case BOS -> "bos_token";
      case EOS -> "eos_token";
      case UNK -> "unk_token";
      case SEP -> "sep_token";
      case PAD -> "pad_token";
      case CLS -> "cls_token";
      case MASK -> "mask_token";
    };
  }
}
