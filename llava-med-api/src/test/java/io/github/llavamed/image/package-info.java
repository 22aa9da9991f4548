/** Tests of the image decoders and processors. */
package io.github.llavamed.image;
