package io.github.llavamed.demo.phantom;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Draws what a phantom shows. Stateless. */
public final class PhantomSampler {
  private static final double NO_FINDING = 0.28;
  private static final double EVEN = 0.5;
  private static final double CYST_IN_LIVER = 0.6;
  private static final double HEART_ENLARGED = 0.4;
  private static final Set<Finding> WITH_SIDE =
      Set.of(
          Finding.NODULE,
          Finding.PLEURAL_EFFUSION,
          Finding.PNEUMOTHORAX,
          Finding.KIDNEY_STONE,
          Finding.TUMOR,
          Finding.HEMORRHAGE);

  private PhantomSampler() {}

  /** Returns a phantom of any modality. */
  public static Phantom draw(PhantomRandom random) {
    return draw(random.pick(List.of(Modality.values())), random);
  }

  /** Returns a phantom of a modality. */
  public static Phantom draw(Modality modality, PhantomRandom random) {
    Finding finding = random.chance(NO_FINDING) ? Finding.NONE : random.pick(Finding.of(modality));
    Optional<Side> side =
        WITH_SIDE.contains(finding)
            ? Optional.of(random.chance(EVEN) ? Side.LEFT : Side.RIGHT)
            : Optional.empty();
    Optional<Zone> zone = zone(finding, random);
    return switch (modality) {
      case XRAY -> new ChestXray(finding, side, zone, random.chance(HEART_ENLARGED));
      case CT -> new AbdominalCt(finding, side, zone);
      case MRI -> new BrainMri(finding, side, zone);
      case HISTOLOGY -> new HistologySlide(finding, random.chance(EVEN));
    };
  }

  private static Optional<Zone> zone(Finding finding, PhantomRandom random) {
    return switch (finding) {
      case NODULE -> Optional.of(random.chance(EVEN) ? Zone.UPPER : Zone.LOWER);
      case TUMOR, HEMORRHAGE -> Optional.of(random.chance(EVEN) ? Zone.FRONTAL : Zone.OCCIPITAL);
      case CYST -> Optional.of(random.chance(CYST_IN_LIVER) ? Zone.LIVER : Zone.SPLEEN);
      default -> Optional.empty();
    };
  }
}
