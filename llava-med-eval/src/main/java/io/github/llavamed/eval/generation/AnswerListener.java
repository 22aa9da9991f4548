package io.github.llavamed.eval.generation;

/** Hears how far a run has come. Called on the thread that answers. */
@FunctionalInterface
public interface AnswerListener {
  /** Does nothing. */
  AnswerListener NONE = (done, total) -> {};

  /**
   * Called at the start and after each written answer.
   *
   * @param done answers in the file, those of earlier runs included
   * @param total answers that the file will hold
   */
  void onProgress(int done, int total);
}
