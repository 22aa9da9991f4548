package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.model.ModelTokenizers;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token ids that a model is measured with: short medical texts where its tokenizer knows them,
 * and ids drawn at random with a fixed seed.
 *
 * @param texts ids of texts, maybe none
 * @param random random ids
 */
record PromptIds(List<int[]> texts, List<int[]> random) {
  /** Tokens per prompt at most: every layer runs all of them in float32. */
  static final int LENGTH = 48;

  private static final Logger LOG = LoggerFactory.getLogger(PromptIds.class);
  private static final int RANDOM_PROMPTS = 6;

  /** Random prompts beside texts, which show better what a model meets. */
  private static final int RANDOM_BESIDE_TEXTS = 2;

  private static final long SEED = 20240513;

  /** Part of a text that may be unknown to a tokenizer that is to count as knowing it. */
  private static final double UNKNOWN = 0.1;

  private static final List<String> TEXTS =
      List.of(
          "A chat between a curious human and an artificial intelligence assistant. USER: What does"
              + " this chest X-ray show? ASSISTANT: The heart is of normal size and the lungs are"
              + " clear, without effusion or pneumothorax.",
          "USER: Is there evidence of a fracture in the left femur? Answer yes or no. ASSISTANT: No."
              + " The cortex is continuous, and the joint space is kept.",
          "The axial CT of the abdomen after contrast shows a hypodense lesion of 3.5 cm in segment"
              + " VII of the liver. The portal vein is patent, and there is no free fluid.",
          "Sections of the colon show crypt distortion, a dense infiltrate of plasma cells in the"
              + " lamina propria, and several crypt abscesses, consistent with active colitis.",
          "USER: Which organ is enlarged, and how would you explain it to the patient? ASSISTANT:"
              + " The spleen is larger than usual, which can happen after an infection.",
          "In T2-weighted images a hyperintense area surrounds the ventricle on both sides; after"
              + " gadolinium it does not enhance. This pattern suggests an older lesion of the white"
              + " matter rather than a tumour.");

  /** Returns the prompts of a model. */
  static PromptIds of(Path directory, LlavaConfig config, int vocabSize) {
    Optional<Tokenizer> tokenizer = tokenizer(directory, config);
    List<int[]> texts = new ArrayList<>();
    tokenizer.ifPresent(known -> TEXTS.forEach(text -> encode(known, text, vocabSize, texts)));
    Integer bos = config.languageModel().bosTokenId();
    Random random = new Random(SEED);
    List<int[]> drawn = new ArrayList<>();
    int count = texts.isEmpty() ? RANDOM_PROMPTS : RANDOM_BESIDE_TEXTS;
    for (int i = 0; i < count; i++) {
      int[] ids = random.ints(LENGTH, 0, vocabSize).toArray();
      if (bos != null && bos >= 0 && bos < vocabSize) {
        ids[0] = bos;
      }
      drawn.add(ids);
    }
    return new PromptIds(texts, drawn);
  }

  private static Optional<Tokenizer> tokenizer(Path directory, LlavaConfig config) {
    try {
      return Optional.of(ModelTokenizers.load(directory, config));
    } catch (IOException | LlavaMedException e) {
      LOG.info("measuring with random token ids only: {}", e.toString());
      return Optional.empty();
    }
  }

  private static void encode(Tokenizer tokenizer, String text, int vocabSize, List<int[]> texts) {
    int[] ids = tokenizer.encode(text);
    int unknown = tokenizer.idOf("<unk>").orElse(-1);
    long strange = Arrays.stream(ids).filter(id -> id == unknown || id >= vocabSize).count();
    if (strange <= UNKNOWN * ids.length) {
      texts.add(Arrays.copyOf(ids, Math.min(LENGTH, ids.length)));
    }
  }
}
