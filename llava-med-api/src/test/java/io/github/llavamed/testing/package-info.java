/** Helpers that tests of every module share: golden folders and tensor assertions. */
package io.github.llavamed.testing;
