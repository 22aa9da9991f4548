package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.GenerationRequest;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.generation.ChoiceResult;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.generation.GenerationResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ask}: answers one question about images, or a file of them. */
@Command(
    name = "ask",
    description = "Answers a question about one or more images. Research use only.",
    footer = {
      "",
      "Example:",
      "  llava-med ask --model llava-med-v1.5-mistral-7b --image chest.png \\",
      "      --question \"Is there a pleural effusion?\""
    })
final class AskCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();
  @Mixin private final AnswerOptions answer = new AnswerOptions();

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "An image; once per image, in the order of their places in the prompt.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--image2",
      hidden = true,
      description = "The second image, as the command's contract spells it.")
  private @Nullable Path image2;

  @Option(
      names = "--question",
      paramLabel = "TEXT",
      description = "A question; it is put into the family's template.")
  private @Nullable String question;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "The exact prompt, with one <image> per image.")
  private @Nullable String prompt;

  @Option(
      names = "--batch",
      paramLabel = "FILE",
      description =
          "A JSON lines file: one request object a line (question or prompt, images, and any"
              + " option by name); prints one result object a line, in order.")
  private @Nullable Path batch;

  @Option(
      names = "--choices",
      paramLabel = "A,B",
      description = "Score these answers and print their probabilities instead of generating.")
  private @Nullable String choices;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Print one JSON object instead of the answer.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    checkUsage();
    CommandSpec command = commandSpec();
    PrintWriter out = command.commandLine().getOut();
    try (VisionLanguageModel model = modelChoice.load(command)) {
      if (batch != null) {
        answerBatch(model, batch, out);
      } else {
        answerOne(model, out);
      }
    }
    return 0;
  }

  private void answerOne(VisionLanguageModel model, PrintWriter out) throws IOException {
    List<Path> files = new ArrayList<>(images);
    if (image2 != null) {
      files.add(image2);
    }
    if (choices != null) {
      ChoiceResult chosen =
          model.choose(
              answer.request(question, prompt, files).build(), BatchRequest.split(choices));
      out.print(json ? JsonText.line(ChoiceOutput.json(chosen)) + "\n" : ChoiceOutput.text(chosen));
      return;
    }
    if (json) {
      GenerationResult result = model.generate(answer.request(question, prompt, files).build());
      out.println(JsonText.line(AnswerJson.of(result, model.loadTime())));
      return;
    }
    // The answer appears as it is made; what the listener gets is exactly the answer's text.
    GenerationListener printing =
        (id, text) -> {
          out.print(text);
          out.flush();
        };
    GenerationRequest request = answer.request(question, prompt, files).listener(printing).build();
    model.generate(request);
    out.println();
  }

  private void answerBatch(VisionLanguageModel model, Path file, PrintWriter out)
      throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        String where = file + " line " + number;
        ObjectNode object = JsonText.object(line, where);
        out.println(JsonText.line(answerLine(model, object, where)));
        out.flush();
      }
    }
  }

  private ObjectNode answerLine(VisionLanguageModel model, ObjectNode object, String where)
      throws IOException {
    BatchRequest line = BatchRequest.parse(object, answer, where);
    GenerationRequest request = line.request();
    try {
      return line.choices().isEmpty()
          ? AnswerJson.of(model.generate(request), model.loadTime())
          : ChoiceOutput.json(model.choose(request, line.choices()));
    } catch (RuntimeException | IOException e) {
      throw new BatchLineException(where + ": " + FailureMessage.of(e), e);
    }
  }

  private void checkUsage() {
    int sources = (question != null ? 1 : 0) + (prompt != null ? 1 : 0) + (batch != null ? 1 : 0);
    if (sources != 1) {
      throw wrongUsage(
          "expected exactly one of --question, --prompt and --batch, found " + sources);
    }
    if (batch != null && (!images.isEmpty() || image2 != null)) {
      throw wrongUsage("--image does not go with --batch: each line names its own images");
    }
    if (prompt != null && answer.template != null) {
      throw wrongUsage(
          "--template does not go with --prompt: an exact prompt is used as it stands");
    }
  }

  private ParameterException wrongUsage(String message) {
    return new ParameterException(commandSpec().commandLine(), message);
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("not started by the command line");
    }
    return spec;
  }

  /** A request of a batch that failed, with the line it stands in. */
  static final class BatchLineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BatchLineException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
