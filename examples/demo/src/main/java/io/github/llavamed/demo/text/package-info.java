/**
 * What can be said about a phantom: captions, questions, answers.
 *
 * <p>{@link io.github.llavamed.demo.text.Captions} describes an image, {@link
 * io.github.llavamed.demo.text.Questions} asks about it. Both choose wordings at random, from a
 * closed list.
 */
@NullMarked
package io.github.llavamed.demo.text;

import org.jspecify.annotations.NullMarked;
