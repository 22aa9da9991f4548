package io.github.llavamed.tokenizer.internal;

import com.google.common.primitives.ImmutableIntArray;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.SpecialTokens;
import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A tokenizer by the rules of the {@code tokenizers} library: added tokens, normaliser, byte-pair
 * model, template.
 *
 * <p>Immutable, safe for concurrent use.
 */
final class FastTokenizer implements LoadedTokenizer {
  private final FastModel model;
  private final FastPipeline pipeline;
  private final FastAddedTokens added;
  private final Map<SpecialRole, String> roles;
  private final String[] beyond; // texts of ids from model.size() on
  private final SpecialTokens specialTokens;

  FastTokenizer(
      FastModel model,
      FastPipeline pipeline,
      FastAddedTokens added,
      Map<SpecialRole, String> roles) {
    this.model = model;
    this.pipeline = pipeline;
    this.added = added;
    this.roles = Collections.unmodifiableMap(new EnumMap<>(roles));
    beyond = new String[added.size() - model.size()];
    added
        .ids()
        .forEach(
            (token, id) -> {
              if (id >= model.size()) {
                beyond[id - model.size()] = token;
              }
            });
    Set<Integer> skipped = new HashSet<>();
    for (String token : added.special()) {
      idOf(token).ifPresent(skipped::add);
    }
    specialTokens =
        new SpecialTokens(
            role(SpecialRole.BOS),
            role(SpecialRole.EOS),
            role(SpecialRole.UNK),
            role(SpecialRole.PAD),
            skipped);
  }

  private OptionalInt role(SpecialRole role) {
    String token = roles.get(role);
    return token == null ? OptionalInt.empty() : idOf(token);
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    int[] body = encodeBody(text);
    return addSpecialTokens ? withTemplate(body) : body;
  }

  @Override
  public int[] encodeTruncated(String text, int maxLength) {
    int[] body = encodeBody(text);
    int room = Math.max(0, maxLength - (withTemplate(body).length - body.length));
    return withTemplate(body.length > room ? Arrays.copyOf(body, room) : body);
  }

  private int[] withTemplate(int[] body) {
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder(body.length + 2);
    pipeline.prefix().forEach(token -> idOf(token).ifPresent(ids::add));
    ids.addAll(body);
    pipeline.suffix().forEach(token -> idOf(token).ifPresent(ids::add));
    return ids.build().toArray();
  }

  private int[] encodeBody(String text) {
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
    String clean = Utf8.withoutLoneSurrogates(text);
    for (FastAddedTokens.Stretch stretch : added.find(clean, false)) {
      if (stretch.id() >= 0) {
        ids.add(stretch.id());
      } else {
        encodeStretch(clean.substring(stretch.from(), stretch.to()), stretch.from() == 0, ids);
      }
    }
    return ids.build().toArray();
  }

  private void encodeStretch(String text, boolean first, ImmutableIntArray.Builder ids) {
    String normalized = added.normalize(text);
    Metaspace metaspace = pipeline.metaspace();
    for (FastAddedTokens.Stretch stretch : added.find(normalized, true)) {
      String part = normalized.substring(stretch.from(), stretch.to());
      if (stretch.id() >= 0) {
        ids.add(stretch.id());
      } else if (metaspace == null) {
        model.encode(part, ids);
      } else {
        for (String piece : metaspace.apply(part, first && stretch.from() == 0)) {
          model.encode(piece, ids);
        }
      }
    }
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    FastDecoder decoder = new FastDecoder(this, pipeline.decoding(), skipSpecialTokens);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      decoder.accept(id, text);
    }
    decoder.finish(text);
    return text.toString();
  }

  @Override
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    return new FastDecoder(this, pipeline.decoding(), skipSpecialTokens);
  }

  boolean isSpecial(String token) {
    return added.special().contains(token);
  }

  @Override
  public int size() {
    return added.size();
  }

  @Override
  public OptionalInt idOf(String token) {
    Integer id = added.ids().get(token);
    return id == null ? model.idOf(token) : OptionalInt.of(id);
  }

  @Override
  public String tokenOf(int id) {
    if (id < 0 || id >= added.size()) {
      throw new IllegalArgumentException(
          "token id: expected 0 to " + (added.size() - 1) + ", found " + id);
    }
    return id < model.size() ? model.token(id) : beyond[id - model.size()];
  }

  @Override
  public SpecialTokens specialTokens() {
    return specialTokens;
  }

  @Override
  public Tokenizer withAddedTokens(List<AddedToken> tokens) {
    return new FastTokenizer(model, pipeline, added.with(tokens), roles);
  }
}
