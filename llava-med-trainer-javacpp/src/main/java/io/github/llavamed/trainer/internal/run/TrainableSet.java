package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.training.TrainingConfig;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Chooses which tensors a run trains, by the original's rules. Stateless. */
final class TrainableSet {
  private TrainableSet() {}

  /**
   * Returns the trained names.
   *
   * @param names the decoder's and projector's tensors, without the tower
   * @param newProjector whether the start had no projector
   */
  static Set<String> of(
      Collection<String> names,
      TrainingConfig config,
      StartVocabulary vocabulary,
      boolean markers,
      boolean newProjector) {
    Set<String> trained = new LinkedHashSet<>(names);
    if (config.freezeBackbone()) {
      // Resizing makes new matrices, and a new projector comes after the freeze.
      trained.removeIf(
          name ->
              name.startsWith("model.")
                  && !(newProjector && name.startsWith(MultiModalProjector.PREFIX)));
      if (vocabulary.resizedForPadding()) {
        trained.add(LlavaForConditionalGeneration.EMBED_TOKENS);
      }
    }
    if (config.tuneMmMlpAdapter()) {
      trained.clear();
      names.stream()
          .filter(name -> name.startsWith(MultiModalProjector.PREFIX))
          .forEach(trained::add);
    }
    if (config.freezeMmMlpAdapter()) {
      trained.removeIf(name -> name.startsWith(MultiModalProjector.PREFIX));
    }
    if (vocabulary.resizedForImages()) {
      trained.add(LlavaForConditionalGeneration.EMBED_TOKENS);
      trained.add(LlavaForConditionalGeneration.LM_HEAD);
    }
    if (config.tuneMmMlpAdapter() && markers) {
      trained.add(LlavaForConditionalGeneration.EMBED_TOKENS);
      trained.remove(LlavaForConditionalGeneration.LM_HEAD);
    }
    return trained;
  }
}
