package io.github.llavamed.tokenizer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads what stands around the model in a {@code tokenizer.json}. */
final class FastPipelineReader {
  private final JsonFields file;

  FastPipelineReader(JsonFields file) {
    this.file = file;
  }

  FastPipeline read(FastModel model) {
    List<String> prefix = new ArrayList<>();
    List<String> suffix = new ArrayList<>();
    readTemplate(prefix, suffix);
    List<TextStep> normalizer = new ArrayList<>();
    if (file.get("normalizer") != null) {
      readNormalizer(file.object("normalizer"), normalizer);
    }
    return new FastPipeline(normalizer, metaspace(), prefix, suffix, decoding());
  }

  /** Checks that the tokens of the template exist under the ids that it gives. */
  void checkTemplate(FastPipeline pipeline, FastAddedTokens added, FastModel model) {
    List<String> tokens = new ArrayList<>(pipeline.prefix());
    tokens.addAll(pipeline.suffix());
    for (String token : tokens) {
      JsonFields special = file.object("post_processor").object("special_tokens").object(token);
      JsonNode ids = special.array("ids");
      Integer addedId = added.ids().get(token);
      OptionalInt id = addedId == null ? model.idOf(token) : OptionalInt.of(addedId);
      int found = JsonFields.integer(ids.get(0), special.where("ids"));
      if (ids.size() != 1 || id.isEmpty() || id.getAsInt() != found) {
        throw new MalformedTokenizerException(
            special.where("ids") + ": expected the one id of " + token + ", found " + ids);
      }
    }
  }

  private void readNormalizer(JsonFields normalizer, List<TextStep> steps) {
    String type = normalizer.requiredText("type");
    switch (type) {
      case "Sequence" -> {
        for (JsonNode step : normalizer.array("normalizers")) {
          JsonFields nested = new JsonFields(step, normalizer.where("normalizers"));
          if ("Sequence".equals(nested.text("type"))) {
            throw TokenizerJsonReader.unsupported(nested.where(), "no nested Sequence", "one");
          }
          readNormalizer(nested, steps);
        }
      }
      case "Prepend" -> steps.add(new TextStep.Prepend(normalizer.requiredText("prepend")));
      case "Replace" -> steps.add(replace(normalizer));
      default ->
          throw TokenizerJsonReader.unsupported(
              normalizer.where("type"), "Sequence, Prepend or Replace", type);
    }
  }

  private static TextStep.Replace replace(JsonFields step) {
    JsonFields pattern = step.object("pattern");
    String literal = pattern.text("String");
    if (literal == null || literal.isEmpty()) {
      throw TokenizerJsonReader.unsupported(
          pattern.where(), "a String that is not empty", pattern.node().toString());
    }
    return new TextStep.Replace(literal, step.requiredText("content"));
  }

  private @Nullable Metaspace metaspace() {
    if (file.get("pre_tokenizer") == null) {
      return null;
    }
    JsonFields node = file.object("pre_tokenizer");
    String type = node.requiredText("type");
    if (!type.equals("Metaspace")) {
      throw TokenizerJsonReader.unsupported(node.where("type"), "null or Metaspace", type);
    }
    String scheme = node.text("prepend_scheme");
    boolean prefix = node.bool("add_prefix_space", true);
    Metaspace.Scheme prepend =
        switch (scheme == null ? (prefix ? "always" : "never") : scheme) {
          case "always" -> Metaspace.Scheme.ALWAYS;
          case "first" -> Metaspace.Scheme.FIRST;
          case "never" -> Metaspace.Scheme.NEVER;
          default ->
              throw TokenizerJsonReader.unsupported(
                  node.where("prepend_scheme"), "always, first or never", String.valueOf(scheme));
        };
    String replacement = node.requiredText("replacement");
    if (replacement.codePointCount(0, replacement.length()) != 1) {
      throw JsonFields.malformed(
          node.where("replacement"), "one character", node.get("replacement"));
    }
    return new Metaspace(replacement, prepend, node.bool("split", true));
  }

  private void readTemplate(List<String> prefix, List<String> suffix) {
    if (file.get("post_processor") == null) {
      return;
    }
    JsonFields node = file.object("post_processor");
    String type = node.requiredText("type");
    if (!type.equals("TemplateProcessing")) {
      throw TokenizerJsonReader.unsupported(node.where("type"), "TemplateProcessing", type);
    }
    boolean sequenceSeen = false;
    for (JsonNode part : node.array("single")) {
      JsonFields fields = new JsonFields(part, node.where("single"));
      if (fields.get("SpecialToken") != null) {
        (sequenceSeen ? suffix : prefix).add(fields.object("SpecialToken").requiredText("id"));
      } else if (!sequenceSeen && fields.get("Sequence") != null) {
        sequenceSeen = true;
      } else {
        throw JsonFields.malformed(
            node.where("single"), "special tokens around one sequence", part);
      }
    }
    if (!sequenceSeen) {
      throw JsonFields.malformed(node.where("single"), "a sequence", node.get("single"));
    }
  }

  private FastDecoding decoding() {
    JsonFields node = file.object("decoder");
    String type = node.requiredText("type");
    List<JsonFields> steps = new ArrayList<>();
    if (type.equals("Sequence")) {
      for (JsonNode step : node.array("decoders")) {
        steps.add(new JsonFields(step, node.where("decoders")));
      }
    } else {
      steps.add(node);
    }
    int at = 0;
    List<TextStep.Replace> replacements = new ArrayList<>();
    while (is(steps, at, "Replace")) {
      replacements.add(replace(steps.get(at++)));
    }
    boolean byteFallback = is(steps, at, "ByteFallback");
    at += byteFallback ? 1 : 0;
    boolean fuses = is(steps, at, "Fuse");
    at += fuses ? 1 : 0;
    char strip = ' ';
    int count = 0;
    if (fuses && is(steps, at, "Strip")) {
      JsonFields step = steps.get(at++);
      strip = stripped(step);
      count = JsonFields.integer(step.get("start"), step.where("start"));
    }
    if (at != steps.size()) {
      throw TokenizerJsonReader.unsupported(
          node.where(),
          "Replace, ByteFallback, Fuse, Strip in this order",
          steps.get(at).requiredText("type") + " as number " + (at + 1));
    }
    return new FastDecoding(replacements, byteFallback, strip, count, false);
  }

  private static boolean is(List<JsonFields> steps, int at, String type) {
    return at < steps.size() && type.equals(steps.get(at).text("type"));
  }

  private static char stripped(JsonFields step) {
    String content = step.requiredText("content");
    if (content.length() != 1 || JsonFields.integer(step.get("stop"), step.where("stop")) != 0) {
      throw TokenizerJsonReader.unsupported(
          step.where(), "one character, stripped at the start only", step.node().toString());
    }
    return content.charAt(0);
  }
}
