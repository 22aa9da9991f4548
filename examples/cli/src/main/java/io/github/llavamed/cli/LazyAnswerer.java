package io.github.llavamed.cli;

import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.eval.generation.ModelAnswerer;
import io.github.llavamed.eval.generation.PromptRequest;
import io.github.llavamed.eval.generation.PromptTraits;
import io.github.llavamed.eval.generation.QuestionAnswerer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads a model when the first question comes, so that a finished run needs none. */
final class LazyAnswerer implements QuestionAnswerer, AutoCloseable {
  private final Loader loader;
  private @Nullable VisionLanguageModel model;

  LazyAnswerer(Loader loader) {
    this.loader = loader;
  }

  /** Loads a model. */
  interface Loader {
    /** Returns the loaded model. */
    VisionLanguageModel load() throws IOException;
  }

  synchronized VisionLanguageModel model() throws IOException {
    if (model == null) {
      model = loader.load();
    }
    return model;
  }

  private ModelAnswerer answerer() throws IOException {
    return new ModelAnswerer(model());
  }

  @Override
  public PromptTraits traits() throws IOException {
    return answerer().traits();
  }

  @Override
  public void answerAll(List<PromptRequest> requests, Receiver receiver) throws IOException {
    answerer().answerAll(requests, receiver);
  }

  @Override
  public int lookAhead() {
    return ModelAnswerer.LOOK_AHEAD;
  }

  @Override
  public synchronized void close() {
    if (model != null) {
      model.close();
    }
  }
}
