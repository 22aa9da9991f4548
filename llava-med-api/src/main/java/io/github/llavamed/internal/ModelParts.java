package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The parts of a loaded model and the steps that single answers and conversations share.
 *
 * <p>Safe for concurrent use; owns none of its parts.
 *
 * @param config the configuration
 * @param tokenizer the tokenizer, image tokens added
 * @param prompts prompt text to segments
 * @param images image files to pixel values
 * @param backend the model on a device
 * @param quirks defects that are reproduced
 * @param description name of the model and what it runs on
 * @param imageFeatures keeps features of images that were encoded lately
 */
public record ModelParts(
    LlavaConfig config,
    Tokenizer tokenizer,
    PromptBuilder prompts,
    ImageProcessor images,
    InferenceBackend backend,
    OriginalQuirks quirks,
    ModelDescription description,
    ImageFeatureCache imageFeatures) {
  /** Makes parts that keep no features. */
  public ModelParts(
      LlavaConfig config,
      Tokenizer tokenizer,
      PromptBuilder prompts,
      ImageProcessor images,
      InferenceBackend backend,
      OriginalQuirks quirks,
      ModelDescription description) {
    this(
        config,
        tokenizer,
        prompts,
        images,
        backend,
        quirks,
        description,
        ImageFeatureCache.ofBytes(0));
  }

  /** Returns a bundled template of the family's release. */
  ConversationTemplate template(String name) {
    return ConversationTemplates.bundled().byName(Release.of(config.family()), name);
  }

  /** Builds a prompt and checks that it leaves room for an answer. */
  Prompt prompt(String text, int imageCount) {
    Prompt prompt = prompts.build(text, imageCount);
    int length = prompt.length();
    if (length == 0) {
      throw new IllegalArgumentException("the prompt is empty: it has neither tokens nor images");
    }
    if (length >= config.contextLength()) {
      throw new ContextLengthExceededException(
          ("the prompt fills %d positions (%d of them images), the model's context has %d and an"
                  + " answer needs at least one; shorten the text, leave out earlier turns or use"
                  + " fewer images")
              .formatted(length, prompt.imagePositions(), config.contextLength()));
    }
    return prompt;
  }

  /** Returns how many tokens an answer may have before the context ends, ≥ 1. */
  int room(Prompt prompt) {
    return config.contextLength() - prompt.length();
  }

  /** Returns how many positions a prompt and its answer may fill. */
  int positions(Prompt prompt, GenerationRequest request) {
    return prompt.length() + Math.min(request.config().maxNewTokens(), room(prompt));
  }

  /** Decodes and preprocesses images. */
  List<PixelValues> pixelValues(List<ImageInput> inputs) throws IOException {
    List<PixelValues> pixelValues = new ArrayList<>(inputs.size());
    for (ImageInput input : inputs) {
      pixelValues.add(images.process(input));
    }
    return pixelValues;
  }

  /** Encodes images, fewer if it is cancelled. */
  List<ImageFeatures> encode(List<PixelValues> pixelValues, BooleanSupplier cancelled) {
    List<ImageFeatures> features = new ArrayList<>(pixelValues.size());
    for (PixelValues image : pixelValues) {
      if (cancelled.getAsBoolean()) {
        break;
      }
      features.add(imageFeatures.get(image, backend::encode));
    }
    return features;
  }

  /** Returns the ids that end an answer. */
  Set<Integer> endIds() {
    if (quirks.honourConfigEosIds()) {
      return Set.copyOf(config.languageModel().eosTokenIds());
    }
    return tokenizer.specialTokens().eos().stream().boxed().collect(Collectors.toUnmodifiableSet());
  }
}
