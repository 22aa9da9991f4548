package io.github.llavamed.tokenizer.internal;

import com.google.common.primitives.ImmutableIntArray;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.SpecialTokens;
import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A tokenizer by the rules of the slow LLaMA classes: text is split on whole tokens, and each part
 * between them goes through SentencePiece on its own.
 *
 * <p>Immutable, safe for concurrent use.
 */
final class SlowTokenizer implements LoadedTokenizer {
  private final SlowTokens tokens;
  private final Profile profile;
  private final SentencePieceEncoder encoder;
  private final TokenTrie trie;
  private final SlowVocabulary vocabulary;

  /**
   * What makes the versions differ.
   *
   * @param addBos whether BOS comes first
   * @param addEos whether EOS comes last
   * @param separatesAllAdded whether every added token stands apart when decoding; otherwise only
   *     those without a role
   * @param decoding how pieces become text
   * @param adding how tokens are added later
   */
  record Profile(
      boolean addBos,
      boolean addEos,
      boolean separatesAllAdded,
      SlowDecoding decoding,
      BiFunction<SlowTokens, List<AddedToken>, SlowTokens> adding) {}

  SlowTokenizer(SlowTokens tokens, Profile profile) {
    this(tokens, profile, new SentencePieceEncoder(tokens.model()));
  }

  private SlowTokenizer(SlowTokens tokens, Profile profile, SentencePieceEncoder encoder) {
    this.tokens = tokens;
    this.profile = profile;
    this.encoder = encoder;
    trie = new TokenTrie(tokens.whole().keySet());
    vocabulary = new SlowVocabulary(tokens, separate(tokens, profile));
  }

  private static Set<String> separate(SlowTokens tokens, Profile profile) {
    Set<String> separate = new HashSet<>(tokens.added().keySet());
    if (!profile.separatesAllAdded()) {
      separate.removeAll(tokens.special());
      for (DeclaredToken token : tokens.additional()) {
        if (tokens.id(token.content()) >= tokens.model().size()) {
          separate.add(token.content());
        }
      }
    }
    return separate;
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    int[] body = encodeBody(text);
    return addSpecialTokens ? withTemplate(body) : body;
  }

  @Override
  public int[] encodeTruncated(String text, int maxLength) {
    int[] body = encodeBody(text);
    int room = maxLength - (withTemplate(body).length - body.length);
    // without room for text the original logs an error and cuts nothing
    return withTemplate(room > 0 && body.length > room ? Arrays.copyOf(body, room) : body);
  }

  private int[] withTemplate(int[] body) {
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder(body.length + 2);
    if (profile.addBos()) {
      vocabulary.specialTokens().bos().ifPresent(ids::add);
    }
    ids.addAll(body);
    if (profile.addEos()) {
      vocabulary.specialTokens().eos().ifPresent(ids::add);
    }
    return ids.build().toArray();
  }

  private int[] encodeBody(String text) {
    List<String> parts = trie.split(Utf8.withoutLoneSurrogates(text));
    for (int i = 0; i < parts.size(); i++) {
      AddedToken token = tokens.whole().get(parts.get(i));
      if (token != null) {
        strip(parts, i, token);
      }
    }
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
    for (String part : parts) {
      if (tokens.whole().containsKey(part)) {
        ids.add(tokens.id(part));
      } else if (!part.isEmpty()) {
        encoder.encode(part, ids);
      }
    }
    return ids.build().toArray();
  }

  private static void strip(List<String> parts, int i, AddedToken token) {
    String left = i > 0 ? parts.get(i - 1) : "";
    String right = i + 1 < parts.size() ? parts.get(i + 1) : "";
    if (token.rstrip() && !right.isEmpty()) {
      parts.set(i + 1, PythonSpace.stripLeft(right));
    }
    if (token.lstrip() && !left.isEmpty()) {
      parts.set(i - 1, PythonSpace.stripRight(left));
    }
    if (token.singleWord()) {
      if (!left.isEmpty() && !left.endsWith(" ")) {
        parts.set(i - 1, parts.get(i - 1) + token.content());
        parts.set(i, "");
      } else if (!right.isEmpty() && !right.startsWith(" ")) {
        parts.set(i + 1, token.content() + parts.get(i + 1));
        parts.set(i, "");
      }
    }
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    SlowDecoder decoder = new SlowDecoder(vocabulary, profile.decoding(), skipSpecialTokens);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      decoder.accept(id, text);
    }
    decoder.finish(text);
    return text.toString();
  }

  @Override
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    return new SlowDecoder(vocabulary, profile.decoding(), skipSpecialTokens);
  }

  @Override
  public int size() {
    return tokens.size();
  }

  @Override
  public OptionalInt idOf(String token) {
    Integer id = tokens.added().get(token);
    return id == null ? tokens.model().idOf(token) : OptionalInt.of(id);
  }

  @Override
  public String tokenOf(int id) {
    return vocabulary.token(id);
  }

  @Override
  public SpecialTokens specialTokens() {
    return vocabulary.specialTokens();
  }

  @Override
  public Tokenizer withAddedTokens(List<AddedToken> more) {
    return new SlowTokenizer(profile.adding().apply(tokens, more), profile, encoder);
  }

  /** Returns the profile of a version by its settings. */
  static Profile profile(
      TokenizerSettings settings,
      boolean separatesAllAdded,
      SlowDecoding decoding,
      BiFunction<SlowTokens, List<AddedToken>, SlowTokens> adding) {
    return new Profile(settings.addBos(), settings.addEos(), separatesAllAdded, decoding, adding);
  }

  /** Returns the roles as ids, for {@link SpecialTokens}. */
  static OptionalInt roleId(SlowTokens tokens, SpecialRole role) {
    Map<SpecialRole, DeclaredToken> roles = tokens.roles();
    DeclaredToken token = roles.get(role);
    return token == null ? OptionalInt.empty() : OptionalInt.of(tokens.id(token.content()));
  }
}
