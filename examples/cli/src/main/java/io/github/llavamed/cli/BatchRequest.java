package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.GenerationRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one line of a batch: the request, with any option of the command by name. */
final class BatchRequest {
  private final String where;
  private final AnswerOptions options;
  private @Nullable String question;
  private @Nullable String prompt;
  private List<Path> images = List.of();
  private List<String> choices = List.of();

  private BatchRequest(AnswerOptions defaults, String where) {
    this.options = defaults.copy();
    this.where = where;
  }

  /** Reads a line; {@code where} names it in errors. */
  static BatchRequest parse(ObjectNode object, AnswerOptions defaults, String where) {
    BatchRequest request = new BatchRequest(defaults, where);
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      request.accept(field.getKey(), field.getValue());
    }
    return request;
  }

  /** Returns the answers to choose from, empty for free text. */
  List<String> choices() {
    return choices;
  }

  /** Splits the value of {@code --choices}. */
  static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private void accept(String key, JsonNode value) {
    switch (key.replace('_', '-')) {
      case "question" -> question = text(key, value);
      case "prompt" -> prompt = text(key, value);
      case "images" -> images = texts(key, value).stream().map(Path::of).toList();
      case "image" -> images = List.of(Path.of(text(key, value)));
      case "template" -> options.template = text(key, value);
      case "max-new-tokens" -> options.maxNewTokens = integer(key, value);
      case "min-new-tokens" -> options.minNewTokens = integer(key, value);
      case "temperature" -> options.temperature = number(key, value);
      case "top-k" -> options.topK = integer(key, value);
      case "top-p" -> options.topP = number(key, value);
      case "min-p" -> options.minP = number(key, value);
      case "seed" -> options.seed = (long) integer(key, value);
      case "repetition-penalty" -> options.repetitionPenalty = number(key, value);
      case "no-repeat-ngram-size" -> options.noRepeatNgramSize = integer(key, value);
      case "num-beams" -> options.numBeams = integer(key, value);
      case "length-penalty" -> options.lengthPenalty = number(key, value);
      case "early-stopping" -> options.earlyStopping = value.asText();
      case "num-return-sequences" -> options.numReturnSequences = integer(key, value);
      case "time-limit" -> options.timeLimit = number(key, value);
      case "stop" -> options.stop = value.isTextual() ? List.of(value.asText()) : texts(key, value);
      case "bad-word", "bad-words" ->
          options.badWords = value.isTextual() ? List.of(value.asText()) : texts(key, value);
      case "logit-bias" -> options.logitBias = biases(key, value);
      case "log-probs", "logprobs" -> options.logProbs = integer(key, value);
      case "one-of" -> options.oneOf = texts(key, value);
      case "pattern" -> options.pattern = text(key, value);
      case "choices" -> choices = value.isTextual() ? split(value.asText()) : texts(key, value);
      default ->
          throw new IllegalArgumentException(
              where
                  + ": unknown key '"
                  + key
                  + "'; known: question, prompt, images, choices, stop, template, max_new_tokens, temperature"
                  + " and the other options of 'ask' by name");
    }
  }

  GenerationRequest request() {
    if ((question == null) == (prompt == null)) {
      throw new IllegalArgumentException(
          where
              + ": expected either 'question' or 'prompt', found "
              + (question == null ? "neither" : "both"));
    }
    return options.request(question, prompt, images).build();
  }

  private String text(String key, JsonNode value) {
    if (!value.isTextual()) {
      throw wrongType(key, "a string", value);
    }
    return value.asText();
  }

  private List<String> texts(String key, JsonNode value) {
    if (!value.isArray()) {
      throw wrongType(key, "an array of strings", value);
    }
    List<String> texts = new ArrayList<>();
    value.forEach(element -> texts.add(text(key, element)));
    return texts;
  }

  private Map<Integer, Float> biases(String key, JsonNode value) {
    if (!value.isObject()) {
      throw wrongType(key, "an object from token id to number", value);
    }
    Map<Integer, Float> biases = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      if (!entry.getKey().matches("[0-9]{1,9}")) {
        throw wrongType(key, "an object from token id to number", value);
      }
      biases.put(Integer.valueOf(entry.getKey()), (float) number(key, entry.getValue()));
    }
    return biases;
  }

  private int integer(String key, JsonNode value) {
    if (!value.isInt()) {
      throw wrongType(key, "an integer", value);
    }
    return value.asInt();
  }

  private double number(String key, JsonNode value) {
    if (!value.isNumber()) {
      throw wrongType(key, "a number", value);
    }
    return value.asDouble();
  }

  private IllegalArgumentException wrongType(String key, String expected, JsonNode found) {
    return new IllegalArgumentException(
        "%s: key '%s': expected %s, found %s".formatted(where, key, expected, found));
  }
}
