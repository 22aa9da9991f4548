/** Tests of the parts of checkpoint reading. */
package io.github.llavamed.checkpoint.internal;
