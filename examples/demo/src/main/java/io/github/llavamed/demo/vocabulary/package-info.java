/**
 * Learns a SentencePiece vocabulary from texts.
 *
 * <p>{@link io.github.llavamed.demo.vocabulary.BpeVocabulary} learns the pieces, {@link
 * io.github.llavamed.demo.vocabulary.SentencePieceFile} writes {@code tokenizer.model}.
 */
@NullMarked
package io.github.llavamed.demo.vocabulary;

import org.jspecify.annotations.NullMarked;
