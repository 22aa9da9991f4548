/** The prompt rules of each family; no API. */
@NullMarked
package io.github.llavamed.prompt.internal;

import org.jspecify.annotations.NullMarked;
