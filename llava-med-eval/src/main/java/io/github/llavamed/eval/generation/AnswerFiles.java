package io.github.llavamed.eval.generation;

import java.nio.file.Path;

/**
 * The files of one run. Immutable.
 *
 * @param questions file of the program's kind
 * @param images folder that the questions' images lie in
 * @param answers JSON lines file that is written; its folder is made if need be
 * @param numChunks number of parts that the questions are cut into, at least 1
 * @param chunkIndex which part is answered, from 0
 * @param overwrite whether answers that are there already are thrown away; else the run goes on
 *     after them
 */
public record AnswerFiles(
    Path questions, Path images, Path answers, int numChunks, int chunkIndex, boolean overwrite) {
  /**
   * Checks the chunk.
   *
   * @throws IllegalArgumentException if there is no such chunk
   */
  public AnswerFiles {
    if (numChunks < 1 || chunkIndex < 0 || chunkIndex >= numChunks) {
      throw new IllegalArgumentException(
          "chunks: expected at least 1, and an index from 0 below their number, found "
              + numChunks
              + " and "
              + chunkIndex);
    }
  }

  /** Returns the files of a run over all questions that goes on where the last one ended. */
  public static AnswerFiles of(Path questions, Path images, Path answers) {
    return new AnswerFiles(questions, images, answers, 1, 0, false);
  }

  /** Returns a copy for one of several chunks, with its own answers file. */
  public AnswerFiles chunk(int chunks, int index, Path chunkAnswers) {
    return new AnswerFiles(questions, images, chunkAnswers, chunks, index, overwrite);
  }
}
