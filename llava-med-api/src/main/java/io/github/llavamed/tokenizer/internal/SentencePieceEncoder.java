package io.github.llavamed.tokenizer.internal;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns text into piece ids as SentencePiece's BPE does: best score first, then leftmost.
 *
 * <p>O(n log n) for n characters. Immutable, safe for concurrent use.
 */
final class SentencePieceEncoder {
  private final SentencePieceModel model;
  private final SentencePieceNormalizer normalizer;
  private final PieceTable table;
  private final int[] ranks; // by id, smaller for a better score, NONE if not mergeable

  SentencePieceEncoder(SentencePieceModel model) {
    this.model = model;
    normalizer = new SentencePieceNormalizer(model);
    List<String> texts = new ArrayList<>(model.size());
    float[] scores = new float[model.size()];
    for (int id = 0; id < model.size(); id++) {
      texts.add(model.piece(id).text());
      scores[id] = model.piece(id).score();
    }
    table = new PieceTable(texts);
    ranks = ranks(model, scores);
  }

  /** Equal scores share a rank, so that the leftmost of them goes first. */
  private static int[] ranks(SentencePieceModel model, float[] scores) {
    float[] distinct = scores.clone();
    Arrays.sort(distinct);
    int count = 0;
    for (float score : distinct) {
      if (count == 0 || distinct[count - 1] != score) {
        distinct[count++] = score;
      }
    }
    int[] ranks = new int[scores.length];
    for (int id = 0; id < scores.length; id++) {
      ranks[id] =
          model.piece(id).type().isMergeable()
              ? count - 1 - Arrays.binarySearch(distinct, 0, count, scores[id])
              : MergeLoop.Rules.NONE;
    }
    return ranks;
  }

  /** Adds the ids of a text without lone surrogates. */
  void encode(String text, ImmutableIntArray.Builder ids) {
    byte[] normalized = normalizer.normalize(Utf8.encode(text));
    if (normalized.length > 0) {
      new Run(normalized, ids).encode();
    }
  }

  /** One text on its way; symbols are spans of its bytes. */
  private final class Run implements MergeLoop.Rules {
    private final byte[] text;
    private final ImmutableIntArray.Builder ids;
    private final int[] starts;
    private final int[] ends;
    private final Map<Integer, Integer> unusedSplits = new HashMap<>(); // id → bytes of left part
    private boolean afterUnknown;

    Run(byte[] text, ImmutableIntArray.Builder ids) {
      this.text = text;
      this.ids = ids;
      starts = new int[text.length];
      ends = new int[text.length];
    }

    void encode() {
      int count = 0;
      for (int at = 0; at < text.length; count++) {
        int frozen = normalizer.userDefinedLength(text, at, text.length);
        int length = frozen > 0 ? frozen : Math.min(Utf8.length(text[at]), text.length - at);
        starts[count] = frozen > 0 ? ~at : at; // a negative start marks a symbol that never merges
        at += length;
        ends[count] = at;
      }
      int[] next = MergeLoop.run(count, this);
      for (int symbol = 0; symbol >= 0; symbol = next[symbol]) {
        int start = starts[symbol] < 0 ? ~starts[symbol] : starts[symbol];
        output(start, ends[symbol]);
      }
    }

    @Override
    public int rank(int left, int right) {
      if (starts[left] < 0 || starts[right] < 0) {
        return NONE;
      }
      int id = table.find(text, starts[left], ends[right]);
      if (id < 0) {
        return NONE;
      }
      if (model.piece(id).type() == PieceType.UNUSED) {
        unusedSplits.put(id, ends[left] - starts[left]);
      }
      return ranks[id];
    }

    @Override
    public void merge(int left, int right) {
      ends[left] = ends[right];
    }

    /** An unused piece falls apart into the two that made it. */
    private void output(int from, int to) {
      int id = table.find(text, from, to);
      if (id >= 0 && model.piece(id).type() == PieceType.UNUSED) {
        Integer split = unusedSplits.get(id);
        if (split != null) {
          output(from, from + split);
          output(from + split, to);
          return;
        }
      }
      if (id < 0 || id == model.unkId()) {
        unknown(from, to);
      } else {
        ids.add(id);
        afterUnknown = false;
      }
    }

    private void unknown(int from, int to) {
      if (model.settings().byteFallback()) {
        for (int i = from; i < to; i++) {
          ids.add(model.byteId(text[i] & 0xFF));
        }
      } else if (!afterUnknown) {
        ids.add(model.unkId()); // a run of unknown characters is one piece
        afterUnknown = true;
      }
    }
  }
}
