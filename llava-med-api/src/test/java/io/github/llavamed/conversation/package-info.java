/** Tests of conversations and templates. */
@NullMarked
package io.github.llavamed.conversation;

import org.jspecify.annotations.NullMarked;
