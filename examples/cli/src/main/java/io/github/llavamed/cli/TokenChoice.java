package io.github.llavamed.cli;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.generation.AnswerProgram;
import io.github.llavamed.eval.generation.AnswerRecipe;
import io.github.llavamed.eval.generation.GenerationSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of the answer generating programs that say how an answer is made. */
final class TokenChoice {
  @Mixin private final QuirkChoice repairs = new QuirkChoice();

  @Option(
      names = "--version",
      paramLabel = "V",
      description =
          "v1.0 or v1.5: whose prompts, settings and clean-up; default: by the checkpoint.")
  private @Nullable String version;

  @Option(
      names = "--conv-mode",
      paramLabel = "NAME",
      description = "Conversation template; default: the original program's.")
  private @Nullable String convMode;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 takes the most probable token; default: 0.7 for v1.0, 0.2 for v1.5.")
  private @Nullable Double temperature;

  @Option(names = "--top-p", paramLabel = "P", description = "Draw from this share; default: all.")
  private @Nullable Double topP;

  @Option(names = "--num-beams", paramLabel = "N", description = "Beams; default: 1.")
  private @Nullable Integer numBeams;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Longest answer in tokens; default: 1024.")
  private @Nullable Integer maxNewTokens;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Start of the random numbers; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--mm-projector",
      hidden = true,
      paramLabel = "FILE",
      description = "A projector beside the checkpoint, as the original takes it.")
  private @Nullable String mmProjector;

  @Option(
      names = "--model-base",
      hidden = true,
      paramLabel = "DIR",
      description = "The base of a LoRA checkpoint, as the original takes it.")
  private @Nullable String modelBase;

  AnswerRecipe recipe(
      CommandSpec command, AnswerProgram program, ModelFamily family, boolean answerPrompter) {
    if (mmProjector != null) {
      throw wrong(command, "--mm-projector: expected the projector in the checkpoint; merge it");
    }
    if (modelBase != null) {
      throw wrong(command, "--model-base: expected a merged checkpoint; run 'merge-lora' first");
    }
    Release release = version == null ? Release.of(family) : release(command, version);
    try {
      return AnswerRecipe.builder(program)
          .release(release)
          .template(convMode)
          .answerPrompter(answerPrompter)
          .settings(settings(release))
          .quirks(quirks(program))
          .build();
    } catch (IllegalArgumentException e) {
      throw wrong(command, e.getMessage());
    }
  }

  /** In a prompt without images the word would ask for one. */
  private EvaluationQuirks quirks(AnswerProgram program) {
    return program == AnswerProgram.MODEL_QA
        ? repairs.quirks().without(EvaluationQuirk.IMAGE_WORD_STAYS)
        : repairs.quirks();
  }

  /** Returns limits and repairs for reading questions and answers. */
  EvaluationOptions options() {
    return repairs.options();
  }

  long seed() {
    return seed;
  }

  private GenerationSettings settings(Release release) {
    GenerationSettings settings =
        release == Release.V1_0 ? GenerationSettings.V1_0 : GenerationSettings.V1_5;
    settings = settings.withTopP(topP).withSeed(seed);
    settings = temperature == null ? settings : settings.withTemperature(temperature);
    settings = numBeams == null ? settings : settings.withNumBeams(numBeams);
    return maxNewTokens == null ? settings : settings.withMaxNewTokens(maxNewTokens);
  }

  static Release release(CommandSpec command, String text) {
    for (Release release : Release.values()) {
      if (release.id().equals(text)) {
        return release;
      }
    }
    throw wrong(command, "--version: expected v1.0 or v1.5, found '" + text + "'");
  }

  private static ParameterException wrong(CommandSpec command, @Nullable String message) {
    return new ParameterException(command.commandLine(), String.valueOf(message));
  }
}
