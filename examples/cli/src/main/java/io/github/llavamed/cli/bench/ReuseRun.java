package io.github.llavamed.cli.bench;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.inference.ContextLengthExceededException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures whole answers, and what several questions about one image save, through the public
 * interface. Confined to one thread.
 *
 * <p>Features of images are not kept between calls, so that a question asked alone reads its image.
 */
final class ReuseRun {
  private static final int SHORTEST_QUESTION = 8; // tokens
  private static final long SEED = 20_231_115;
  private static final List<String> WORDS =
      List.of(
          "is", "there", "a", "sign", "of", "disease", "in", "the", "left", "lung", "or", "not");

  private final LoadOptions options;
  private final BenchSettings settings;
  private final Consumer<String> progress;
  private final PhaseClock alone = new PhaseClock();
  private final PhaseClock second = new PhaseClock();
  private final PhaseClock together = new PhaseClock();

  ReuseRun(LoadOptions options, BenchSettings settings, Consumer<String> progress) {
    this.options = options.toBuilder().imageCacheBytes(0).build();
    this.settings = settings;
    this.progress = progress;
  }

  /** Measures; returns null if such questions do not fit the model's context. */
  @Nullable ReuseTimes run(Path directory) throws IOException {
    progress.accept("questions about one image");
    try (VisionLanguageModel model = LlavaMed.load(directory, options)) {
      return measure(model);
    } catch (ContextLengthExceededException e) {
      progress.accept("questions about one image do not fit: " + e.getMessage());
      return null;
    }
  }

  private ReuseTimes measure(VisionLanguageModel model) throws IOException {
    List<GenerationRequest> requests = requests(model);
    Reading reading = new Reading();
    requests.set(1, requests.get(1).toBuilder().listener(reading).build());
    round(model, requests, 0);
    List.of(alone, second, together).forEach(PhaseClock::clear);
    for (int i = 0; i < settings.repeats(); i++) {
      round(model, requests, i);
      progress.accept(
          "round %d of %d: one question %.0f ms, the second %.0f ms, ten together %.0f ms"
              .formatted(i + 1, settings.repeats(), alone.last(), second.last(), together.last()));
    }
    return new ReuseTimes(
        reading.prompt,
        reading.prompt - reading.reused,
        alone.time().wall(),
        second.time().wall(),
        together.time().wall());
  }

  private void round(VisionLanguageModel model, List<GenerationRequest> requests, int number)
      throws IOException {
    GenerationRequest one = requests.get(number % ReuseTimes.QUESTIONS);
    alone.start();
    model.generate(one.toBuilder().listener(GenerationListener.none()).build());
    alone.stop(1);
    // Its listener starts the clock.
    model.answerEach(
        requests.subList(0, 2),
        (index, result) -> {
          if (index == 1) {
            second.stop(1);
          }
        });
    together.start();
    model.answerEach(requests, (index, result) -> {});
    together.stop(1);
  }

  /** Makes questions whose prompts have as many positions as the settings say, or little more. */
  private List<GenerationRequest> requests(VisionLanguageModel model) throws IOException {
    ImageInput image = image(model.config().visionTower().imageSize());
    String shortest = question(model, 0, SHORTEST_QUESTION);
    int frame =
        model.generate(request(image, shortest)).usage().promptTokens() - tokens(model, shortest);
    int length = Math.max(SHORTEST_QUESTION, settings.promptTokens() - frame);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < ReuseTimes.QUESTIONS; i++) {
      requests.add(request(image, question(model, i, length)));
    }
    return requests;
  }

  private static GenerationRequest request(ImageInput image, String question) {
    return GenerationRequest.question(question)
        .images(image)
        .config(
            GenerationConfig.builder()
                .maxNewTokens(ReuseTimes.ANSWER_TOKENS)
                .minNewTokens(ReuseTimes.ANSWER_TOKENS)
                .build())
        .build();
  }

  /** Questions differ from their first word on. */
  private static String question(VisionLanguageModel model, int number, int length) {
    StringBuilder text = new StringBuilder().append((char) ('A' + number));
    for (int word = 0; ; word++) {
      int before = text.length();
      text.append(' ').append(WORDS.get((word + number) % WORDS.size()));
      if (tokens(model, text.toString()) > length) {
        text.setLength(before);
        return text.toString();
      }
    }
  }

  private static int tokens(VisionLanguageModel model, String text) {
    return model.tokenizer().encode(text, false).length;
  }

  private static ImageInput image(int size) {
    byte[] rgb = new byte[size * size * 3];
    new Random(SEED).nextBytes(rgb);
    return ImageInput.of(new RgbImage(size, size, rgb, ColorMode.RGB), "noise");
  }

  /** Notes how much of the prompt was kept, and when it begins. */
  private final class Reading implements GenerationListener {
    private int prompt;
    private int reused;

    @Override
    public void onPrompt(int promptTokens, int reusedTokens) {
      prompt = promptTokens;
      reused = reusedTokens;
      second.start();
    }

    @Override
    public void onToken(int id, String text) {}
  }
}
