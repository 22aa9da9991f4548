/** Turns of a conversation to prompt text, by named templates. */
@NullMarked
package io.github.llavamed.conversation;

import org.jspecify.annotations.NullMarked;
