package io.github.llavamed.tokenizer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import io.github.llavamed.tokenizer.TokenizerLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code tokenizer.json}: a BPE model with merges as strings or pairs, and what stands
 * around it.
 *
 * <p>Anything that would change ids or text and that is not known is refused by name.
 */
final class TokenizerJsonReader {
  private final JsonFields file;
  private final TokenizerLimits limits;

  TokenizerJsonReader(JsonNode file, String where, TokenizerLimits limits) {
    this.file = new JsonFields(file, where);
    this.limits = limits;
  }

  /**
   * Reads the file.
   *
   * @param asSlow whether a file without dummy prefix is read as the slow tokenizer it came from
   */
  FastParts read(boolean asSlow) {
    FastModel model = model(file.object("model"));
    FastPipelineReader pipelineReader = new FastPipelineReader(file);
    FastPipeline read = pipelineReader.read(model);
    FastPipeline pipeline = asSlow ? read.asSlow() : read;
    FastAddedTokens added = new FastAddedTokens(model, pipeline.normalizer());
    JsonNode tokens = file.array("added_tokens");
    String where = file.where("added_tokens");
    TokenizerSettings.checkCount(tokens.size(), where, limits);
    List<AddedToken> list = new ArrayList<>();
    for (JsonNode token : tokens) {
      list.add(new JsonFields(token, where).addedToken(false, limits));
    }
    added = added.with(list);
    checkIds(tokens, added, where);
    pipelineReader.checkTemplate(pipeline, added, model);
    return new FastParts(model, pipeline, added);
  }

  private static void checkIds(JsonNode tokens, FastAddedTokens added, String where) {
    for (JsonNode token : tokens) {
      String content = token.get("content").textValue();
      int id = JsonFields.integer(token.get("id"), where + ", " + content + ", id");
      Integer expected = added.ids().get(content);
      if (expected == null || id != expected) {
        throw new MalformedTokenizerException(
            where
                + ", "
                + content
                + ": expected id "
                + expected
                + " (that of its piece, or the next free one), found "
                + id);
      }
    }
  }

  private FastModel model(JsonFields model) {
    String type = model.text("type");
    if (type != null && !type.equals("BPE")) {
      throw unsupported(model.where("type"), "BPE", type);
    }
    refuse(model, "dropout", "continuing_subword_prefix", "end_of_word_suffix");
    if (model.bool("ignore_merges", false)) {
      throw unsupported(model.where("ignore_merges"), "false", "true");
    }
    List<String> vocabulary = vocabulary(model);
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.get(id), id);
    }
    String unk = model.text("unk_token");
    if (unk != null && !ids.containsKey(unk)) {
      throw new MalformedTokenizerException(
          model.where("unk_token") + ": expected a piece of the vocabulary, found " + unk);
    }
    return new FastModel(
        vocabulary,
        ids,
        merges(model, ids),
        unk == null ? -1 : ids.getOrDefault(unk, -1),
        model.bool("fuse_unk", false),
        model.bool("byte_fallback", false));
  }

  private static void refuse(JsonFields fields, String... keys) {
    for (String key : keys) {
      JsonNode value = fields.get(key);
      if (value != null && !(value.isTextual() && value.textValue().isEmpty())) {
        throw unsupported(fields.where(key), "null", value.toString());
      }
    }
  }

  private List<String> vocabulary(JsonFields model) {
    JsonFields vocab = model.object("vocab");
    int size = vocab.node().size();
    if (size == 0 || size > limits.maxPieces()) {
      throw new MalformedTokenizerException(
          vocab.where() + ": expected 1 to " + limits.maxPieces() + " pieces, found " + size);
    }
    @Nullable String[] pieces = new @Nullable String[size];
    for (Map.Entry<String, JsonNode> entry : vocab.node().properties()) {
      String piece = JsonFields.checked(entry.getKey(), vocab.where(), limits);
      int id = JsonFields.integer(entry.getValue(), vocab.where() + ", " + piece);
      if (id < 0 || id >= size || pieces[id] != null) {
        throw new MalformedTokenizerException(
            vocab.where()
                + ", "
                + piece
                + ": expected each id from 0 to "
                + (size - 1)
                + " once, found "
                + id);
      }
      pieces[id] = piece;
    }
    return Arrays.stream(pieces).map(String::valueOf).toList();
  }

  private List<PairTable.Merge> merges(JsonFields model, Map<String, Integer> ids) {
    JsonNode list = model.array("merges");
    String where = model.where("merges");
    // a piece of n characters has at most n - 1 merges; four times the pieces is ample
    long most = 16L * limits.maxPieces();
    if (list.size() > most) {
      throw new MalformedTokenizerException(
          where + ": expected at most " + most + " merges, found " + list.size());
    }
    List<PairTable.Merge> merges = new ArrayList<>(list.size());
    for (JsonNode node : list) {
      String[] pair = pair(node, where);
      Integer left = ids.get(pair[0]);
      Integer right = ids.get(pair[1]);
      Integer merged = ids.get(pair[0] + pair[1]);
      if (left == null || right == null || merged == null) {
        throw new MalformedTokenizerException(
            where
                + ", "
                + pair[0]
                + " "
                + pair[1]
                + ": expected both parts and the whole in the vocabulary, found one missing");
      }
      merges.add(new PairTable.Merge(left, right, merged));
    }
    return merges;
  }

  private static String[] pair(JsonNode node, String where) {
    if (node.isArray() && node.size() == 2 && node.get(0).isTextual() && node.get(1).isTextual()) {
      return new String[] {node.get(0).textValue(), node.get(1).textValue()};
    }
    if (node.isTextual()) {
      String text = node.textValue();
      int space = text.indexOf(' ');
      if (space >= 0 && text.indexOf(' ', space + 1) < 0) {
        return new String[] {text.substring(0, space), text.substring(space + 1)};
      }
    }
    throw JsonFields.malformed(where, "two pieces with one space between, or a pair", node);
  }

  static UnsupportedModelException unsupported(String where, String expected, String found) {
    return new UnsupportedModelException(where + ": expected " + expected + ", found " + found);
  }
}
