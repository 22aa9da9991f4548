package io.github.llavamed.prompt;

import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.prompt.internal.SegmentList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several prompts side by side, padded to the longest: mask, positions, labels. Immutable.
 *
 * <p>Rows keep their order; every row has {@link #length()} places. Real positions count from 0 in
 * each row, whatever the padding side, and padding has position 0: for v1.5 that is the original's
 * layout; for v1.0 and Hugging Face it is the one that follows from the mask, equal at every place
 * that attention sees.
 */
public final class PromptBatch {
  /** The label that the loss leaves out; {@code llava/constants.py}. */
  public static final int IGNORE_INDEX = -100;

  private final List<Row> rows;
  private final int length;
  private final PaddingSide side;

  private PromptBatch(List<Row> rows, PaddingSide side) {
    this.rows = List.copyOf(rows);
    this.length = rows.stream().mapToInt(Row::length).max().orElse(0);
    this.side = side;
  }

  private record Row(Prompt prompt, List<InputSegment> segments, int @Nullable [] labels) {
    int length() {
      return segments.stream().mapToInt(InputSegment::length).sum();
    }
  }

  /** Returns a batch without labels; see {@link #of(List, List, PaddingSide, Integer)}. */
  public static PromptBatch of(
      List<Prompt> prompts, PaddingSide side, @Nullable Integer maxLength) {
    return new PromptBatch(
        prompts.stream().map(p -> new Row(p, cut(p.segments(), maxLength), null)).toList(), side);
  }

  /**
   * Returns a batch with labels.
   *
   * @param labels per prompt one label per input id; those of v1.5's image sentinels are replaced
   *     by {@link #IGNORE_INDEX} for every row of the image
   * @param side where shorter rows are padded
   * @param maxLength places to which every row is cut first, ≥ 1, or null for no cut
   * @throws IllegalArgumentException if the numbers of prompts, ids and labels do not agree
   */
  public static PromptBatch of(
      List<Prompt> prompts, List<int[]> labels, PaddingSide side, @Nullable Integer maxLength) {
    if (prompts.size() != labels.size()) {
      throw new IllegalArgumentException(
          "batch of %d prompts: found labels for %d".formatted(prompts.size(), labels.size()));
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      List<InputSegment> segments = cut(prompts.get(i).segments(), maxLength);
      rows.add(new Row(prompts.get(i), segments, spliced(prompts.get(i), segments, labels.get(i))));
    }
    return new PromptBatch(rows, side);
  }

  private static List<InputSegment> cut(List<InputSegment> segments, @Nullable Integer maxLength) {
    if (maxLength == null) {
      return segments;
    }
    if (maxLength < 1) {
      throw new IllegalArgumentException("max length: expected 1 or more, found " + maxLength);
    }
    return SegmentList.cut(segments, maxLength);
  }

  /** Spreads labels of input ids over the positions of segments. */
  private static int[] spliced(Prompt prompt, List<InputSegment> segments, int[] labels) {
    if (labels.length != prompt.inputIds().size()) {
      throw new IllegalArgumentException(
          "labels: expected one per input id, %d, found %d"
              .formatted(prompt.inputIds().size(), labels.length));
    }
    int[] result = new int[segments.stream().mapToInt(InputSegment::length).sum()];
    int at = 0;
    int id = 0;
    for (InputSegment segment : segments) {
      int end = at + segment.length();
      if (prompt.inputIds().get(id) == PromptBuilder.IMAGE_TOKEN_INDEX) {
        Arrays.fill(result, at, end, IGNORE_INDEX);
        id++;
      } else {
        System.arraycopy(labels, id, result, at, end - at);
        id += end - at;
      }
      at = end;
    }
    return result;
  }

  /** Returns the number of rows. */
  public int size() {
    return rows.size();
  }

  /** Returns the number of places of every row, that of the longest prompt. */
  public int length() {
    return length;
  }

  /** Returns the segments of a row, cut to the batch's limit, without padding. */
  public List<InputSegment> segments(int row) {
    return rows.get(row).segments();
  }

  /** Returns how many places of a row come before its prompt. */
  public int leftPadding(int row) {
    return side == PaddingSide.LEFT ? length - rows.get(row).length() : 0;
  }

  /** Returns the mask of a row: 1 for the prompt, 0 for padding. // [s] */
  public int[] attentionMask(int row) {
    int[] mask = new int[length];
    int from = leftPadding(row);
    Arrays.fill(mask, from, from + rows.get(row).length(), 1);
    return mask;
  }

  /** Returns the positions of a row: 0, 1, 2 … for the prompt, 0 for padding. // [s] */
  public int[] positionIds(int row) {
    int[] positions = new int[length];
    int from = leftPadding(row);
    for (int i = 0; i < rows.get(row).length(); i++) {
      positions[from + i] = i;
    }
    return positions;
  }

  /**
   * Returns the labels of a row, {@link #IGNORE_INDEX} for padding. // [s]
   *
   * @throws IllegalStateException if the batch was made without labels
   */
  public int[] labels(int row) {
    int[] labels = rows.get(row).labels();
    if (labels == null) {
      throw new IllegalStateException("the batch has no labels; make it with labels");
    }
    return padded(row, labels, IGNORE_INDEX);
  }

  /**
   * Returns the input ids of a row. // [s]
   *
   * @param padId the id of padding
   * @throws IllegalStateException for v1.5 prompts with images, whose positions are no ids
   */
  public int[] inputIds(int row, int padId) {
    Row content = rows.get(row);
    List<Integer> ids = content.prompt().inputIds();
    if (ids.contains(PromptBuilder.IMAGE_TOKEN_INDEX)) {
      throw new IllegalStateException(
          "row " + row + " has image sentinels, which expand to features; take the segments");
    }
    int[] kept = ids.stream().limit(content.length()).mapToInt(Integer::intValue).toArray();
    return padded(row, kept, padId);
  }

  private int[] padded(int row, int[] values, int padding) {
    int[] result = new int[length];
    Arrays.fill(result, padding);
    System.arraycopy(values, 0, result, leftPadding(row), values.length);
    return result;
  }
}
