package io.github.llavamed.model.internal;

import io.github.llavamed.config.VisionTowerConfig;
import java.util.Set;

/** How the files of a tower's own directory name its tensors. */
@FunctionalInterface
public interface TowerLayout {
  /** Returns what a stored name means. */
  Meaning meaningOf(String storedName);

  /** Returns the layout of a kind of tower; {@code storedNames} are those in the file. */
  static TowerLayout of(VisionTowerConfig.Type type, Set<String> storedNames) {
    return switch (type) {
      case CLIP ->
          // A vision model saved under the names that it has inside lacks the prefix.
          storedNames.contains("embeddings.class_embedding")
              ? name -> ClipTowerNames.meaningOf(CanonicalNames.CLIP + name)
              : ClipTowerNames::meaningOf;
      case BIOMED_CLIP -> TowerLayout::trunk;
    };
  }

  private static Meaning trunk(String name) {
    if (name.startsWith(CanonicalNames.TRUNK + "norm.")) {
      return new Meaning.Ignored("the trunk's final norm is never applied to hidden states");
    }
    if (name.startsWith(CanonicalNames.TRUNK)) {
      return new Meaning.Weight(name);
    }
    if (name.startsWith("text.")) {
      return new Meaning.Ignored("text tower of BiomedCLIP");
    }
    if (name.startsWith("visual.head.")) {
      return new Meaning.Ignored("projection to BiomedCLIP's joint space");
    }
    return name.equals("logit_scale")
        ? new Meaning.Ignored("temperature of BiomedCLIP's loss")
        : new Meaning.Unknown();
  }
}
