package io.github.llavamed.demo.text;

import io.github.llavamed.demo.phantom.ChestXray;
import io.github.llavamed.demo.phantom.HistologySlide;
import io.github.llavamed.demo.phantom.Phantom;
import io.github.llavamed.demo.phantom.PhantomRandom;
import java.util.List;

/** Describes phantoms in a sentence or two, and holds the instructions that ask for it. */
public final class Captions {
  /** The eleven concise instructions of the original's alignment data. */
  public static final List<String> INSTRUCTIONS =
      List.of(
          "Describe the following image concisely.",
          "Provide a brief description of the given image.",
          "Offer a succinct explanation of the picture presented.",
          "Summarize the visual content of the following image.",
          "Give a short and clear explanation of the subsequent image.",
          "Share a concise interpretation of the image provided.",
          "Present a compact description of the photo's key features.",
          "Relay a brief, clear account of the picture shown.",
          "Render a clear and concise summary of the photo below.",
          "Write a terse but informative summary of the following picture.",
          "Create a compact narrative representing the image presented.");

  private static final List<String> WORDINGS =
      List.of(
          "%1$s shows %3$s.", "This %2$s shows %3$s.", "%1$s with %3$s.", "%4$s: there is %3$s.");

  private Captions() {}

  /** Returns a caption in one of four wordings. */
  public static String caption(Phantom phantom, PhantomRandom random) {
    String first =
        String.format(
            random.pick(WORDINGS),
            capitalized(phantom.modality().withArticle()),
            phantom.modality().longName(),
            phantom.phrase(),
            capitalized(phantom.modality().longName()));
    if (phantom instanceof ChestXray xray) {
      return first
          + (xray.heartEnlarged() ? " The heart is enlarged." : " The heart size is normal.");
    }
    if (phantom instanceof HistologySlide slide) {
      return first
          + " There are %s cells and %s gland."
              .formatted(slide.cells(), slide.gland() ? "a" : "no");
    }
    return first;
  }

  private static String capitalized(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
