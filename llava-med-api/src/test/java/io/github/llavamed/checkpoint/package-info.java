/** Tests of reading and writing checkpoints. */
package io.github.llavamed.checkpoint;
