package io.github.llavamed.eval.generation;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Has a loaded model answer. Safe for concurrent use; the model stays the caller's to close. */
public final class ModelAnswerer implements QuestionAnswerer {
  /** How far it is worth to look ahead for questions about an image whose features are known. */
  public static final int LOOK_AHEAD = 64;

  private final VisionLanguageModel model;

  /** Creates an answerer. */
  public ModelAnswerer(VisionLanguageModel model) {
    this.model = model;
  }

  @Override
  public PromptTraits traits() {
    return PromptTraits.of(model.config());
  }

  @Override
  public int lookAhead() {
    return LOOK_AHEAD;
  }

  @Override
  public void answerAll(List<PromptRequest> requests, Receiver receiver) throws IOException {
    List<GenerationRequest> prompts =
        requests.stream()
            .map(
                request ->
                    GenerationRequest.prompt(request.prompt())
                        .images(Stream.ofNullable(request.image()).toList())
                        .config(config(request))
                        .build())
            .toList();
    model.answerEach(
        prompts,
        (index, result) ->
            receiver.accept(index, text(result, requests.get(index).image() == null)));
  }

  private static GenerationConfig config(PromptRequest request) {
    GenerationSettings settings = request.settings();
    GenerationConfig.Builder builder =
        GenerationConfig.builder()
            .maxNewTokens(settings.maxNewTokens())
            .stopStrings(request.stopStrings())
            .temperature(settings.temperature())
            .seed(settings.seed())
            .numBeams(settings.numBeams());
    Double topP = settings.topP();
    return (topP == null ? builder : builder.topP(topP)).build();
  }

  /** The original decodes all new ids; the API's own text ends before the stop string. */
  private GeneratedText text(GenerationResult result, boolean textOnly) {
    Tokenizer tokenizer = model.tokenizer();
    int[] output = result.outputIds().stream().mapToInt(Integer::intValue).toArray();
    IntStream prompt = result.inputIds().stream().mapToInt(Integer::intValue);
    String sequence =
        textOnly
            ? tokenizer.decode(IntStream.concat(prompt, IntStream.of(output)).toArray(), true)
            : "";
    return new GeneratedText(tokenizer.decode(output, true), sequence);
  }
}
