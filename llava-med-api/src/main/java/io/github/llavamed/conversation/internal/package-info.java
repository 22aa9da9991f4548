/** How conversations become text, and how templates are read; no API. */
@NullMarked
package io.github.llavamed.conversation.internal;

import org.jspecify.annotations.NullMarked;
