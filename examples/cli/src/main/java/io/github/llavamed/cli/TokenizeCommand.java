package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tokenize}: JSON lines of texts, prompts and ids to JSON lines of ids and texts. */
@Command(
    name = "tokenize",
    description = {
      "Reads JSON lines from standard input and answers each with a JSON line:",
      "  {\"text\": T}    the ids of T by the checkpoint's rules, BOS included",
      "  {\"prompt\": T}  the same with <image> handled as the family does",
      "  {\"ids\": [...], \"skip_special_tokens\": true}  the text of the ids"
    },
    footer = {
      "",
      "Example:",
      "  echo '{\"text\": \"Is there a mass?\"}' | llava-med tokenize --model DIR"
    })
final class TokenizeCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = {"--model", "--model-path", "--model-name"},
      paramLabel = "DIR",
      description = "A checkpoint directory.")
  private @Nullable Path model;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "A directory with tokenizer files only; needs --family.")
  private @Nullable Path tokenizerDirectory;

  @Option(
      names = "--family",
      paramLabel = "NAME",
      description = "v1.0, v1.5 or hf: whose rules the tokenizer directory follows.")
  private @Nullable String family;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    if ((model == null) == (tokenizerDirectory == null)) {
      throw new ParameterException(
          command.commandLine(),
          "expected either --model or --tokenizer, found " + (model == null ? "neither" : "both"));
    }
    if (tokenizerDirectory != null && family == null) {
      throw new ParameterException(
          command.commandLine(), "--tokenizer needs --family v1.0|v1.5|hf");
    }
    TextRules rules =
        model != null
            ? TextRules.ofModel(model)
            : TextRules.ofTokenizer(
                Required.value(tokenizerDirectory, "--tokenizer"),
                TextRules.family(Required.value(family, "--family")));
    PrintWriter out = command.commandLine().getOut();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (!line.isBlank()) {
        String where = "standard input line " + number;
        out.println(JsonText.line(answer(rules, JsonText.object(line, where), where)));
      }
    }
    out.flush();
    return 0;
  }

  private static ObjectNode answer(TextRules rules, ObjectNode request, String where) {
    ObjectNode answer = JsonText.object();
    Tokenizer tokenizer = rules.tokenizer();
    if (request.path("text").isTextual()) {
      answer.set("ids", JsonText.array(tokenizer.encode(request.get("text").asText())));
    } else if (request.path("prompt").isTextual()) {
      String prompt = request.get("prompt").asText();
      answer.set("ids", JsonText.array(rules.promptIds(prompt)));
    } else if (request.path("ids").isArray()) {
      boolean skip = request.path("skip_special_tokens").asBoolean(true);
      answer.put("text", tokenizer.decode(ids(request.get("ids"), where), skip));
    } else {
      throw new IllegalArgumentException(
          where + ": expected a key 'text', 'prompt' or 'ids', found " + request);
    }
    return answer;
  }

  private static int[] ids(JsonNode array, String where) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!array.get(i).isInt()) {
        throw new IllegalArgumentException(
            where + ": key 'ids': expected integers, found " + array.get(i));
      }
      ids[i] = array.get(i).asInt();
    }
    return ids;
  }
}
