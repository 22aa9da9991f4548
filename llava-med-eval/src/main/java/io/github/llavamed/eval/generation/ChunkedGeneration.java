package io.github.llavamed.eval.generation;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.batch.ChunkedAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Answers the chunks of a question file side by side and merges their answers files.
 *
 * <p>Chunks for which no question is left get an empty file. Chunk files stay, so that a run that
 * failed goes on where each chunk ended. Immutable.
 */
public final class ChunkedGeneration {
  private final IntFunction<AnswerGeneration> runs;

  /**
   * Creates a run.
   *
   * @param runs the run of each chunk by its index from 0; several may share a model that is safe
   *     for concurrent use
   */
  public ChunkedGeneration(IntFunction<AnswerGeneration> runs) {
    this.runs = runs;
  }

  /**
   * Answers every chunk on a thread of its own, then merges.
   *
   * @param files questions, images, the merged answers file and the number of chunks
   * @return the merged file
   * @throws IOException if a chunk fails so, after all chunks have ended
   * @throws io.github.llavamed.error.LlavaMedException if a chunk fails so, after all have ended
   */
  public Path run(AnswerFiles files) throws IOException {
    int chunks = files.numChunks();
    ChunkedAnswers answers = ChunkedAnswers.of(files.answers(), chunks);
    ExecutorService pool = Executors.newFixedThreadPool(chunks);
    try {
      List<Future<Integer>> results = new ArrayList<>();
      for (int k = 0; k < chunks; k++) {
        AnswerFiles chunk = files.chunk(chunks, k, answers.chunkFiles().get(k));
        AnswerGeneration run = runs.apply(k);
        results.add(pool.submit(() -> run.run(chunk)));
      }
      await(results);
    } finally {
      pool.shutdownNow();
    }
    RunRecord record = mergedRecord(answers.chunkFiles());
    Path merged = answers.merge();
    if (!record.equals(RunRecord.NONE)) {
      record.write(merged);
    }
    return merged;
  }

  /**
   * Puts the records of the chunks one after the other; chunks without answers have none.
   *
   * @throws EvaluationException if chunks were not made in the same way
   */
  private static RunRecord mergedRecord(List<Path> chunks) throws IOException {
    RunRecord merged = RunRecord.NONE;
    for (Path chunk : chunks) {
      RunRecord record = RunRecord.read(chunk, EvaluationOptions.DEFAULT);
      if (Files.size(chunk) == 0 || record.equals(RunRecord.NONE)) {
        continue;
      }
      if (merged.equals(RunRecord.NONE)) {
        merged = record;
      } else {
        merged.requireSame(record, RunRecord.fileOf(chunk) + " beside the other chunks");
        merged = merged.followedBy(record);
      }
    }
    return merged;
  }

  private static void await(List<Future<Integer>> results) throws IOException {
    Throwable failure = null;
    for (Future<Integer> result : results) {
      try {
        result.get();
      } catch (ExecutionException e) {
        if (failure == null) {
          failure = e.getCause();
        } else {
          failure.addSuppressed(e.getCause());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EvaluationException(
            "chunks: expected to wait for all answers, found an interrupt; run again to go on",
            null,
            e);
      }
    }
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}
