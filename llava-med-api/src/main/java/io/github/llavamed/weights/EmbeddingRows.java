package io.github.llavamed.weights;

/** Which rows of the embedding go with an extracted projector. */
public enum EmbeddingRows {
  /** All of them, as in the original. */
  ALL,
  /**
   * The last two, those of the image markers: all that readers of the file ever use. A 7B embedding
   * of 524 MB (float32) shrinks to 33 kB.
   */
  MARKERS
}
