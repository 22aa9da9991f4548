package io.github.llavamed.training;

import java.io.IOException;

/** Trains models. Safe for concurrent use, though runs share the machine's cores. */
public interface Trainer {
  /**
   * Runs a training to its end, or goes on with one whose output directory holds checkpoints.
   *
   * @param listener told of progress, on the calling thread
   * @return what was done
   * @throws IOException if a file cannot be read or written
   * @throws io.github.llavamed.error.LlavaMedException if the start, the data or a setting cannot
   *     be used
   */
  TrainingReport train(TrainingConfig config, TrainingListener listener) throws IOException;

  /**
   * Works out what {@link #train} would do: reads configuration, data and the headers of weights;
   * computes and writes nothing.
   *
   * @throws IOException if a file cannot be read
   * @throws io.github.llavamed.error.LlavaMedException if the start, the data file or a setting
   *     cannot be used
   */
  TrainingForecast forecast(TrainingConfig config) throws IOException;
}
