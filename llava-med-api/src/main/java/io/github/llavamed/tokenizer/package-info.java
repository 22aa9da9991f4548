/**
 * Text to ids and back, to the id as the original tokenizers do it.
 *
 * <p>{@link io.github.llavamed.tokenizer.Tokenizers} loads a directory by the rules of one {@link
 * io.github.llavamed.tokenizer.TokenizerRules} constant and gives a {@link
 * io.github.llavamed.tokenizer.Tokenizer}:
 *
 * <pre>{@code
 * Tokenizer tokenizer = Tokenizers.load(Path.of("checkpoint"), TokenizerRules.V1_5_FAST);
 * int[] ids = tokenizer.encode("Is there a pleural effusion?");
 * String text = tokenizer.decode(ids, true);
 * StreamingDecoder decoder = tokenizer.streamingDecoder(true);
 * TokenBatch batch = TokenBatch.encode(tokenizer, List.of("first", "second"), 2048);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.tokenizer;

import org.jspecify.annotations.NullMarked;
