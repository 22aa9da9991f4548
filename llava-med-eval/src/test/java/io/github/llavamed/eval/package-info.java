/** Tests of the evaluation, and the helpers they share. */
package io.github.llavamed.eval;
