package io.github.llavamed.tokenizer.internal;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The byte-pair model of the {@code tokenizers} library: characters, then merges by rank.
 *
 * <p>O(n log n) for n characters. Immutable, safe for concurrent use.
 */
final class FastModel {
  private final List<String> vocabulary;
  private final Map<String, Integer> ids;
  private final PieceTable table;
  private final PairTable merges;
  private final int unkId; // -1: unknown characters vanish
  private final boolean fuseUnk;
  private final int[] byteIds; // -1: no such piece, or no byte fallback

  /**
   * Creates a model.
   *
   * @param vocabulary pieces by id, each once
   * @param ids the same, turned round
   * @param unkId id of the unknown piece, -1 for none
   * @param fuseUnk whether a run of unknown characters is one piece
   */
  FastModel(
      List<String> vocabulary,
      Map<String, Integer> ids,
      List<PairTable.Merge> merges,
      int unkId,
      boolean fuseUnk,
      boolean byteFallback) {
    this.vocabulary = List.copyOf(vocabulary);
    this.ids = Map.copyOf(ids);
    this.merges = new PairTable(merges);
    this.unkId = unkId;
    this.fuseUnk = fuseUnk;
    table = new PieceTable(vocabulary);
    byteIds = new int[256];
    Arrays.fill(byteIds, -1);
    for (int value = 0; byteFallback && value < byteIds.length; value++) {
      byteIds[value] = ids.getOrDefault(SentencePieceModel.byteName(value), -1);
    }
  }

  int size() {
    return vocabulary.size();
  }

  String token(int id) {
    return vocabulary.get(id);
  }

  OptionalInt idOf(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Adds the ids of a part of a text, after normalisation and splitting. */
  void encode(String part, ImmutableIntArray.Builder out) {
    if (!part.isEmpty()) {
      new Run(Utf8.encode(part)).encode(out);
    }
  }

  private final class Run implements MergeLoop.Rules {
    private final byte[] text;
    private final int[] symbols; // piece ids
    private int count;

    Run(byte[] text) {
      this.text = text;
      symbols = new int[text.length];
    }

    void encode(ImmutableIntArray.Builder out) {
      boolean unknown = false; // an unknown character waits to be written
      for (int at = 0, end; at < text.length; at = end) {
        end = Math.min(at + Utf8.length(text[at]), text.length);
        int id = table.find(text, at, end);
        if (id >= 0) {
          unknown = flush(unknown);
          symbols[count++] = id;
        } else if (!addBytes(at, end) && unkId >= 0) {
          if (!fuseUnk) {
            flush(unknown);
          }
          unknown = true;
        }
      }
      flush(unknown);
      if (count == 0) {
        return;
      }
      int[] next = MergeLoop.run(count, this);
      for (int symbol = 0; symbol >= 0; symbol = next[symbol]) {
        out.add(symbols[symbol]);
      }
    }

    private boolean flush(boolean unknown) {
      if (unknown) {
        symbols[count++] = unkId;
      }
      return false;
    }

    /** Writes a character as bytes if all of them have pieces. */
    private boolean addBytes(int from, int to) {
      for (int i = from; i < to; i++) {
        if (byteIds[text[i] & 0xFF] < 0) {
          return false;
        }
      }
      for (int i = from; i < to; i++) {
        symbols[count++] = byteIds[text[i] & 0xFF];
      }
      return true;
    }

    @Override
    public int rank(int left, int right) {
      return merges.rank(symbols[left], symbols[right]);
    }

    @Override
    public void merge(int left, int right) {
      symbols[left] = merges.merged(merges.rank(symbols[left], symbols[right]));
    }
  }
}
