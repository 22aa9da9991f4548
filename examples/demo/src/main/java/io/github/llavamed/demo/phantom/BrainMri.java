package io.github.llavamed.demo.phantom;

import java.util.Optional;

/**
 * A slice through the head.
 *
 * @param finding none, tumor, hemorrhage or hydrocephalus
 * @param side of tumor and hemorrhage, otherwise empty
 * @param zone frontal or occipital for tumor and hemorrhage, otherwise empty
 */
public record BrainMri(Finding finding, Optional<Side> side, Optional<Zone> zone)
    implements Phantom {
  @Override
  public Modality modality() {
    return Modality.MRI;
  }

  @Override
  public Optional<String> location() {
    return side.flatMap(where -> zone.map(end -> where.label() + " " + end.label() + " lobe"));
  }
}
