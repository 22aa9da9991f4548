package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the fast tokenizer of a SentencePiece model, as {@code LlamaConverter} of transformers
 * does.
 *
 * <p>The merges are all ways to make a piece from two pieces, best score first. The model's
 * normaliser settings are not looked at: a dummy prefix always comes first, extra spaces stay.
 */
final class FastConverter {
  /** The first three pieces count as these, whatever the model calls them. */
  private static final List<String> FIRST = List.of("<unk>", "<s>", "</s>");

  /** A merge with what decides its rank. */
  private record Candidate(PairTable.Merge merge, float score, int leftLength, int rightLength) {}

  private final SentencePieceModel source;
  private final String where;

  /**
   * Creates a converter.
   *
   * @param where the model's file, for messages
   */
  FastConverter(SentencePieceModel source, String where) {
    this.source = source;
    this.where = where;
  }

  /** Returns what transformers 4.36.2 makes. */
  FastParts v15() {
    List<AddedToken> added = new ArrayList<>();
    FIRST.forEach(token -> added.add(AddedToken.of(token, true)));
    return parts(FIRST, Comparator.comparing(Candidate::score).reversed(), added, true, null);
  }

  /** Returns what transformers 4.57.1 makes. */
  FastParts hf(boolean addPrefixSpace, boolean legacy) {
    List<String> first = new ArrayList<>();
    for (int id = 0; id < Math.min(3, source.size()); id++) {
      first.add(source.piece(id).text());
    }
    List<AddedToken> added = new ArrayList<>();
    for (SentencePieceModel.Piece piece : source.pieces()) {
      boolean control = piece.type() == PieceType.CONTROL;
      if (control || piece.type() == PieceType.USER_DEFINED) {
        added.add(new AddedToken(piece.text(), control, false, false, false, false));
      }
    }
    Metaspace.Scheme scheme = addPrefixSpace ? Metaspace.Scheme.FIRST : Metaspace.Scheme.NEVER;
    return parts(
        first,
        Comparator.comparing(Candidate::score)
            .thenComparing(Candidate::leftLength)
            .thenComparing(Candidate::rightLength)
            .reversed(),
        added,
        addPrefixSpace,
        legacy ? null : new Metaspace(SentencePieceModel.SPACE, scheme, false));
  }

  private FastParts parts(
      List<String> first,
      Comparator<Candidate> order,
      List<AddedToken> added,
      boolean addPrefixSpace,
      @Nullable Metaspace metaspace) {
    List<String> vocabulary = new ArrayList<>();
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < source.size(); id++) {
      String text = id < first.size() ? first.get(id) : source.piece(id).text();
      vocabulary.add(text);
      if (ids.put(text, id) != null) {
        throw new MalformedTokenizerException(
            where
                + ": expected <unk>, <s> and </s> as the first three pieces, found "
                + text
                + " as piece "
                + id);
      }
    }
    List<TextStep> normalizer = new ArrayList<>();
    if (metaspace == null) {
      if (addPrefixSpace) {
        normalizer.add(new TextStep.Prepend(SentencePieceModel.SPACE));
      }
      normalizer.add(new TextStep.Replace(" ", SentencePieceModel.SPACE));
    }
    Integer unk = ids.get(source.settings().unkPiece());
    if (unk == null) {
      throw new MalformedTokenizerException(
          where
              + ": expected the unknown piece "
              + source.settings().unkPiece()
              + " in the vocabulary, found no such piece");
    }
    FastModel model = new FastModel(vocabulary, ids, merges(vocabulary, order), unk, true, true);
    return new FastParts(
        model,
        new FastPipeline(
            normalizer, metaspace, List.of(), List.of(), FastDecoding.llama(addPrefixSpace)),
        new FastAddedTokens(model, normalizer).with(added));
  }

  private List<PairTable.Merge> merges(List<String> vocabulary, Comparator<Candidate> order) {
    List<Candidate> candidates = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      // the replaced pieces have a score of 0
      float score = id < FIRST.size() ? 0 : source.piece(id).score();
      candidates.addAll(splits(vocabulary.get(id), id, score));
    }
    candidates.sort(order); // stable: equal ones stay in the order of pieces
    List<PairTable.Merge> merges = new ArrayList<>(candidates.size());
    candidates.forEach(candidate -> merges.add(candidate.merge()));
    return merges;
  }

  /** Returns the ways to make a piece from two, by the ids of the two. */
  private List<Candidate> splits(String piece, int id, float score) {
    List<Candidate> splits = new ArrayList<>();
    int length = piece.codePointCount(0, piece.length());
    for (int at = 0, left = 1; left < length; left++) {
      at += Character.charCount(piece.codePointAt(at));
      int leftId = source.idOf(piece.substring(0, at)).orElse(-1);
      int rightId = source.idOf(piece.substring(at)).orElse(-1);
      if (leftId >= 0 && rightId >= 0) {
        splits.add(
            new Candidate(new PairTable.Merge(leftId, rightId, id), score, left, length - left));
      }
    }
    splits.sort(
        Comparator.comparingInt((Candidate split) -> split.merge().left())
            .thenComparingInt(split -> split.merge().right()));
    return splits;
  }
}
