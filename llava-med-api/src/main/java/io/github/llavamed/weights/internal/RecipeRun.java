package io.github.llavamed.weights.internal;

import io.github.llavamed.weights.ProgressListener;
import io.github.llavamed.weights.TensorOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Follows recipes one after the other, and keeps account. Confined to one thread. */
final class RecipeRun {
  private final List<TensorRecipe> recipes;
  private final ProgressListener listener;
  private final long totalBytes;
  private final NonFiniteCounter counter = new NonFiniteCounter();
  private long bytesDone;

  RecipeRun(List<TensorRecipe> recipes, ProgressListener listener) {
    this.recipes = recipes;
    this.listener = listener;
    this.totalBytes =
        recipes.stream().mapToLong(recipe -> recipe.spec().byteSize()).reduce(0, Math::addExact);
  }

  long totalBytes() {
    return totalBytes;
  }

  /** Writes and commits everything. */
  List<TensorOutcome> to(TensorSink sink) throws IOException {
    List<TensorOutcome> outcomes = new ArrayList<>();
    try (ReadAhead ahead = ReadAhead.of(recipes)) {
      for (TensorRecipe recipe : recipes) {
        outcomes.add(follow(recipe, sink, ahead));
      }
    }
    sink.commit();
    return outcomes;
  }

  private TensorOutcome follow(TensorRecipe recipe, TensorSink sink, ReadAhead ahead)
      throws IOException {
    String name = recipe.spec().name();
    CRC32 crc = new CRC32();
    counter.start(recipe.spec().dtype());
    recipe.write(
        chunk -> {
          crc.update(chunk.duplicate());
          counter.add(chunk);
          bytesDone += chunk.remaining();
          ahead.reached(bytesDone);
          sink.append(name, chunk);
          listener.onProgress(new ProgressListener.Progress(name, bytesDone, totalBytes));
        });
    return new TensorOutcome(
        name,
        recipe.action(),
        recipe.spec().dtype(),
        recipe.spec().shape(),
        counter.nans(),
        counter.infinities(),
        crc.getValue());
  }
}
