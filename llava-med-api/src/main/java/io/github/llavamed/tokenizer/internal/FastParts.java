package io.github.llavamed.tokenizer.internal;

/** A fast tokenizer before the roles of the configuration are known. Immutable. */
record FastParts(FastModel model, FastPipeline pipeline, FastAddedTokens added) {}
