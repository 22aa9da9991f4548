/** Several processes that train one model: the messages between them. */
@NullMarked
package io.github.llavamed.trainer.internal.distributed;

import org.jspecify.annotations.NullMarked;
