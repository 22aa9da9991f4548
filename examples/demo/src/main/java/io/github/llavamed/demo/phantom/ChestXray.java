package io.github.llavamed.demo.phantom;

import java.util.Optional;

/**
 * A chest radiograph.
 *
 * @param finding none, nodule, pleural effusion or pneumothorax
 * @param side empty without a finding
 * @param zone upper or lower for a nodule, otherwise empty
 * @param heartEnlarged whether the heart is wide
 */
public record ChestXray(
    Finding finding, Optional<Side> side, Optional<Zone> zone, boolean heartEnlarged)
    implements Phantom {
  @Override
  public Modality modality() {
    return Modality.XRAY;
  }

  @Override
  public Optional<String> location() {
    return side.map(
        where ->
            zone.map(height -> where.label() + " " + height.label() + " lobe")
                .orElse(where.label() + " lung"));
  }
}
