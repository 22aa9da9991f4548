package io.github.llavamed.model.internal;

import io.github.llavamed.config.ModelFamily;
import java.util.Set;

/** How one family names its tensors on disk, and what its loader does with surplus rows. */
public interface FamilyLayout {
  /** Returns what a stored name means. */
  Meaning meaningOf(String storedName);

  /** Returns the name under which the family stores a weight. */
  String storedName(String canonical);

  /** Returns true if the family's loader cuts embedding rows beyond the tokenizer's ids. */
  boolean cutsRowsBeyondTokenizer();

  /**
   * Returns the layout of a family.
   *
   * @param projectorIsSequence whether the projector is a numbered sequence of layers
   * @param storedNames the names in the checkpoint, which tell the layouts of a family apart
   */
  static FamilyLayout of(ModelFamily family, boolean projectorIsSequence, Set<String> storedNames) {
    return switch (family) {
      case LLAVA_V1_0 -> new V10Layout();
      case LLAVA_V1_5 -> new V15Layout(projectorIsSequence);
      case HF_LLAVA -> HfLayout.detect(storedNames);
    };
  }
}
