/** JSON access, per-family readers and the checks behind the public configuration records. */
@NullMarked
package io.github.llavamed.config.internal;

import org.jspecify.annotations.NullMarked;
