package io.github.llavamed.cli;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.ModelTrace;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.ForwardTrace.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code trace}: every intermediate result of one forward pass, as a safetensors file. */
@Command(
    name = "trace",
    description =
        "Writes every intermediate result of one forward pass, for checking a conversion or"
            + " another backend.",
    footer = {
      "",
      "Example:",
      "  llava-med trace --model llava-med-v1.5-mistral-7b --image chest.png \\",
      "      --question \"What is shown?\" --output trace.safetensors"
    })
final class TraceCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();

  @Option(names = "--image", paramLabel = "FILE", description = "An image; once per image.")
  private List<Path> images = new ArrayList<>();

  @Option(names = "--question", paramLabel = "TEXT", description = "A question.")
  private @Nullable String question;

  @Option(
      names = "--template",
      paramLabel = "NAME",
      description = "Conversation template of the question; default: the family's own.")
  private @Nullable String template;

  @Option(names = "--prompt", paramLabel = "TEXT", description = "The exact prompt.")
  private @Nullable String prompt;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The safetensors file to write.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    if ((question == null) == (prompt == null)) {
      throw new ParameterException(
          command.commandLine(),
          "expected either --question or --prompt, found " + (prompt == null ? "neither" : "both"));
    }
    if (prompt != null && template != null) {
      throw new ParameterException(
          command.commandLine(), "--template does not go with --prompt: it is used as it stands");
    }
    GenerationRequest.Builder request =
        prompt != null
            ? GenerationRequest.prompt(prompt)
            : GenerationRequest.question(Required.value(question, "--question")).template(template);
    request.images(images.stream().map(ImageInput::of).toList());
    try (VisionLanguageModel model = modelChoice.load(command)) {
      write(model.trace(request.build()), Required.value(output, "--output"));
    }
    return 0;
  }

  private static void write(ModelTrace trace, Path file) throws IOException {
    TensorFile tensors = new TensorFile();
    List<PixelValues> pixels = trace.pixelValues();
    if (!pixels.isEmpty()) {
      PixelValues first = pixels.get(0);
      tensors.add(
          "pixel_values",
          DType.F32,
          concatenate(pixels.stream().map(PixelValues::values).toList()),
          pixels.size(),
          first.channels(),
          first.height(),
          first.width()); // [n, 3, h, w]
      addStacked(tensors, "image_features", trace.forward().imageFeatures()); // [n, p, vision]
      addStacked(tensors, "projected", trace.forward().projected()); // [n, p, c]
    }
    addMatrix(tensors, "inputs_embeds", trace.forward().inputsEmbeds()); // [s, c]
    addMatrix(tensors, "logits", trace.forward().logits()); // [s, v]
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("input_ids", JsonText.line(JsonText.array(trace.prompt().inputIds())));
    metadata.put("family", trace.origin().family().id());
    metadata.put("backend", trace.origin().backendId());
    metadata.put("precision", trace.origin().precision().id());
    tensors.write(file, metadata);
  }

  private static void addMatrix(TensorFile tensors, String name, Matrix matrix) {
    tensors.add(name, DType.F32, matrix.values(), matrix.rows(), matrix.columns());
  }

  private static void addStacked(TensorFile tensors, String name, List<Matrix> matrices) {
    Matrix first = matrices.get(0);
    tensors.add(
        name,
        DType.F32,
        concatenate(matrices.stream().map(Matrix::values).toList()),
        matrices.size(),
        first.rows(),
        first.columns());
  }

  private static float[] concatenate(List<float[]> parts) {
    int total = parts.stream().mapToInt(part -> part.length).sum();
    float[] all = new float[total];
    int offset = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, offset, part.length);
      offset += part.length;
    }
    return all;
  }
}
