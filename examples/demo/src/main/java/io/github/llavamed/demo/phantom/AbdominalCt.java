package io.github.llavamed.demo.phantom;

import java.util.Optional;

/**
 * A slice through the abdomen.
 *
 * @param finding none, cyst, kidney stone or aortic aneurysm
 * @param side of a kidney stone, otherwise empty
 * @param zone liver or spleen for a cyst, otherwise empty
 */
public record AbdominalCt(Finding finding, Optional<Side> side, Optional<Zone> zone)
    implements Phantom {
  @Override
  public Modality modality() {
    return Modality.CT;
  }

  @Override
  public Optional<String> location() {
    return zone.map(Zone::label).or(() -> side.map(where -> where.label() + " kidney"));
  }
}
