/** Tests of the rendering rules. */
@NullMarked
package io.github.llavamed.conversation.internal;

import org.jspecify.annotations.NullMarked;
