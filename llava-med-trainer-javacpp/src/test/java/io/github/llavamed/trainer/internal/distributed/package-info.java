@NullMarked
package io.github.llavamed.trainer.internal.distributed;

import org.jspecify.annotations.NullMarked;
