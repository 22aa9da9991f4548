package io.github.llavamed.demo.phantom;

/** Paints phantoms: the same seed gives the same bytes. Stateless and safe for concurrent use. */
public final class PhantomRenderer {
  private static final int MAX_BYTE = 255;

  private PhantomRenderer() {}

  /** Returns an image of any modality; see {@link #render(Modality, long, int)}. */
  public static PhantomImage render(long seed, int size) {
    PhantomRandom random = begin(seed);
    return paint(PhantomSampler.draw(random), random, size);
  }

  /**
   * Returns the image of a seed.
   *
   * @param seed decides attributes, pose, shapes and noise
   * @param size width and height in pixels, 8 or more
   */
  public static PhantomImage render(Modality modality, long seed, int size) {
    PhantomRandom random = begin(seed);
    return paint(PhantomSampler.draw(modality, random), random, size);
  }

  private static PhantomRandom begin(long seed) {
    PhantomRandom random = new PhantomRandom(seed);
    random.next(); // neighbouring seeds begin alike without it
    return random;
  }

  private static PhantomImage paint(Phantom phantom, PhantomRandom random, int size) {
    if (size < 8) {
      throw new IllegalArgumentException("size: expected 8 pixels or more, found " + size);
    }
    Canvas canvas = new Canvas(size, Pose.draw(random));
    Brush brush = new Brush(canvas, new Tags(size), random);
    if (phantom instanceof ChestXray xray) {
      new ChestXrayPainter(xray, brush).paint();
    } else if (phantom instanceof AbdominalCt ct) {
      new AbdominalCtPainter(ct, brush).paint();
    } else if (phantom instanceof BrainMri mri) {
      new BrainMriPainter(mri, brush).paint();
    } else if (phantom instanceof HistologySlide slide) {
      new HistologyPainter(slide, brush).paint();
    }
    byte[] rgb = develop(canvas, random, phantom.modality());
    Tags tags = brush.tags();
    return new PhantomImage(phantom, size, rgb, tags.finding(), tags.heart(), tags.gland());
  }

  /** Applies contrast, brightness and noise, and rounds to bytes. */
  private static byte[] develop(Canvas canvas, PhantomRandom random, Modality modality) {
    double contrast = random.uniform(0.88, 1.12);
    double brightness = random.uniform(-0.05, 0.05);
    double sigma =
        modality == Modality.HISTOLOGY ? random.uniform(0.01, 0.025) : random.uniform(0.015, 0.04);
    long noiseSeed = random.next();
    int pixels = canvas.size() * canvas.size();
    byte[] rgb = new byte[Canvas.CHANNELS * pixels];
    for (int i = 0; i < pixels; i++) {
      double noise = sigma * PhantomRandom.normal(PhantomRandom.hash(noiseSeed, i + 1L));
      for (int c = 0; c < Canvas.CHANNELS; c++) {
        double clean = Canvas.clamp(canvas.colors()[c][i]);
        double value = (clean - 0.5) * contrast + 0.5 + brightness + noise;
        rgb[Canvas.CHANNELS * i + c] = (byte) (int) (MAX_BYTE * Canvas.clamp(value) + 0.5);
      }
    }
    return rgb;
  }
}
