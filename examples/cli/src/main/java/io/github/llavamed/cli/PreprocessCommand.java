package io.github.llavamed.cli;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.image.PixelValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code preprocess}: an image file to the pixel values that the vision tower takes. */
@Command(
    name = "preprocess",
    description = "Writes the tensor pixel_values [1, 3, H, W] of an image.",
    footer = {
      "",
      "Example:",
      "  llava-med preprocess --model llava-med-v1.5-mistral-7b --image chest.png \\",
      "      --output chest.safetensors"
    })
final class PreprocessCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = {"--model", "--model-path", "--model-name"},
      paramLabel = "DIR",
      description = "The checkpoint whose processor and aspect rule are used.")
  private @Nullable Path model;

  @Option(
      names = "--vision-tower",
      paramLabel = "SOURCE",
      description = "checkpoint, stock, or a directory; where the processor of a model comes from.")
  private @Nullable String visionTower;

  @Option(
      names = "--processor",
      paramLabel = "FILE",
      description = "A preprocessor_config.json, instead of a model.")
  private @Nullable Path processor;

  @Option(
      names = "--image-aspect-ratio",
      paramLabel = "MODE",
      description = "square, pad or keep; default: the model's, or square with --processor.")
  private @Nullable String aspect;

  @Option(names = "--image", required = true, paramLabel = "FILE", description = "The image.")
  private @Nullable Path image;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The safetensors file to write.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    Path input = Required.value(image, "--image");
    PixelValues pixels = imageProcessor().process(ImageInput.of(input));
    TensorFile file = new TensorFile();
    file.add(
        "pixel_values",
        DType.F32,
        pixels.values(),
        1,
        pixels.channels(),
        pixels.height(),
        pixels.width());
    file.write(Required.value(output, "--output"), Map.of("image", input.getFileName().toString()));
    return 0;
  }

  private ImageProcessor imageProcessor() throws IOException {
    if ((model == null) == (processor == null)) {
      throw new ParameterException(
          Required.value(spec, "spec").commandLine(),
          "expected either --model or --processor, found " + (model == null ? "neither" : "both"));
    }
    if (model != null) {
      return ModelProcessor.load(model, visionTower, aspect == null ? null : aspect(aspect));
    }
    ImageProcessorConfig config =
        ImageProcessorConfig.load(Required.value(processor, "--processor"));
    ImageAspect mode = aspect == null ? ImageAspect.SQUARE : aspect(aspect);
    return ImageProcessor.create(config, mode, ImageLimits.defaults());
  }

  private ImageAspect aspect(String text) {
    try {
      return ImageAspect.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Required.value(spec, "spec").commandLine(),
          "--image-aspect-ratio: expected square, pad or keep, found '" + text + "'",
          e);
    }
  }
}
