package io.github.llavamed.eval.generation;

import java.io.IOException;
import java.util.List;

/** A model that answers several prompts. */
public interface QuestionAnswerer {
  /**
   * Returns what prompts need to know of the model.
   *
   * @throws IOException if the model cannot be read
   */
  PromptTraits traits() throws IOException;

  /**
   * Answers prompts and hands the answers over in order, each as soon as it and all before it are
   * there.
   *
   * @param requests those about the same image, the very object, best one behind the other
   * @throws IOException if an image cannot be read, or the receiver fails
   * @throws io.github.llavamed.error.LlavaMedException if image or prompt do not suit the model
   */
  void answerAll(List<PromptRequest> requests, Receiver receiver) throws IOException;

  /**
   * Returns how many questions ahead one on the same image may be taken out of turn, because it
   * then costs less; 0 if it does not. Answers that wait for their turn are lost if the run ends.
   */
  default int lookAhead() {
    return 0;
  }

  /** Takes answers. */
  @FunctionalInterface
  interface Receiver {
    /**
     * Takes one answer.
     *
     * @param index position of its request, from 0
     */
    void accept(int index, GeneratedText text) throws IOException;
  }
}
