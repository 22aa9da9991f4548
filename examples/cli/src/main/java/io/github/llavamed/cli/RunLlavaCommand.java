package io.github.llavamed.cli;

import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.eval.generation.AnswerProgram;
import io.github.llavamed.eval.generation.AnswerRecipe;
import io.github.llavamed.eval.generation.ModelAnswerer;
import io.github.llavamed.eval.generation.SingleAnswer;
import io.github.llavamed.image.ImageInput;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run-llava}: answers one question about one image, as the original's example does. */
@Command(
    name = "run-llava",
    description = "Answers one question about one image. Research use only.",
    footer = {
      "",
      "Example:",
      "  llava-med run-llava --model models/llava-med --image-file chest.png \\",
      "      --query \"What is shown?\""
    })
final class RunLlavaCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();
  @Mixin private final TokenChoice tokens = new TokenChoice();

  @Option(
      names = "--image-file",
      required = true,
      paramLabel = "FILE",
      description = "The image: a file, or an http(s) address.")
  private @Nullable String imageFile;

  @Option(names = "--query", required = true, paramLabel = "TEXT", description = "The question.")
  private @Nullable String query;

  @Option(
      names = {"--num-chunks", "--chunk-idx"},
      hidden = true,
      description = "Without effect, as in the original.")
  private @Nullable Integer ignored;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    AnswerRecipe recipe =
        tokens.recipe(command, AnswerProgram.RUN_LLAVA, modelChoice.family(command), false);
    ImageInput image = ImageSource.read(UserPath.expand(Required.value(imageFile, "--image-file")));
    try (VisionLanguageModel model = modelChoice.load(command)) {
      String answer =
          SingleAnswer.of(
              new ModelAnswerer(model), recipe, image, Required.value(query, "--query"));
      command.commandLine().getOut().println(answer);
    }
    return 0;
  }
}
