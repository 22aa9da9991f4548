package io.github.llavamed;

import io.github.llavamed.generation.GenerationResult;
import java.io.IOException;

/** Takes the results of several requests as they are made, on the thread that makes them. */
@FunctionalInterface
public interface GenerationReceiver {
  /**
   * Takes one result. What it throws ends the requests that are left and reaches the caller.
   *
   * @param index place of the request in its list
   */
  void accept(int index, GenerationResult result) throws IOException;
}
