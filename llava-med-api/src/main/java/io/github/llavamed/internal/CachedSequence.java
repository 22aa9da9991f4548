package io.github.llavamed.internal;

import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A decoder session that knows what is in its cache, so that of a new prompt only what follows the
 * longest common prefix has to be appended.
 *
 * <p>Image indexes must mean the same images until {@link #dropImages}. Confined to one thread at a
 * time; owns the session.
 */
public final class CachedSequence implements AutoCloseable {
  /** Ids are below this, rows of images not. */
  private static final long FIRST_IMAGE = 1L << 32;

  private final DecoderSession session;

  /** What each position of the cache holds: a token, or a row of an image. */
  private long[] cached = {};

  /** Takes over a session that is empty. */
  public CachedSequence(DecoderSession session) {
    this.session = session;
  }

  /** Returns the session. */
  public DecoderSession session() {
    return session;
  }

  /**
   * Cuts the cache back to the longest prefix that it shares with a prompt, at least one position
   * short of the prompt: its last position gives the logits.
   *
   * @return the number of positions kept
   */
  public int keepPrefixOf(List<InputSegment> prompt) {
    long[] wanted = positions(prompt);
    int common = Arrays.mismatch(cached, wanted);
    int kept = common < 0 ? cached.length : common;
    kept = Math.max(0, Math.min(kept, wanted.length - 1));
    session.truncate(kept);
    cached = Arrays.copyOf(cached, kept);
    return kept;
  }

  /**
   * Notes what the session holds after a prompt and the ids generated from it, as many of them as
   * were appended.
   */
  public void note(List<InputSegment> prompt, List<Integer> outputIds) {
    long[] promptPositions = positions(prompt);
    long[] all = Arrays.copyOf(promptPositions, session.length());
    for (int i = promptPositions.length; i < all.length; i++) {
      all[i] = outputIds.get(i - promptPositions.length);
    }
    cached = all;
  }

  /** Goes back to what was kept, after a generation that ended with an exception. */
  public void rollBack() {
    session.truncate(Math.min(session.length(), cached.length));
  }

  /** Returns the segments without their first positions. */
  public static List<InputSegment> dropFirst(List<InputSegment> segments, int positions) {
    List<InputSegment> rest = new ArrayList<>();
    int skip = positions;
    for (InputSegment segment : segments) {
      if (skip < segment.length()) {
        rest.add(skip == 0 ? segment : tail(segment, skip));
      }
      skip = Math.max(0, skip - segment.length());
    }
    return rest;
  }

  /**
   * Drops what the cache holds of images, because their indexes mean others from now on.
   *
   * @param keepsText whether what stands before the first image stays
   */
  public void dropImages(boolean keepsText) {
    int kept = 0;
    while (keepsText && kept < cached.length && cached[kept] < FIRST_IMAGE) {
      kept++;
    }
    session.truncate(Math.min(session.length(), kept));
    cached = Arrays.copyOf(cached, kept);
  }

  private static InputSegment tail(InputSegment segment, int skip) {
    if (segment instanceof ImageSegment image) {
      return new ImageSegment(image.imageIndex(), image.firstRow() + skip, image.length() - skip);
    }
    int[] ids = ((TokenSegment) segment).ids();
    return TokenSegment.of(Arrays.copyOfRange(ids, skip, ids.length));
  }

  /** Gives no two different contents one number. */
  private static long[] positions(List<InputSegment> segments) {
    long[] positions = new long[segments.stream().mapToInt(InputSegment::length).sum()];
    int next = 0;
    for (InputSegment segment : segments) {
      for (int i = 0; i < segment.length(); i++) {
        positions[next++] =
            segment instanceof ImageSegment image
                ? image.imageIndex() * FIRST_IMAGE + FIRST_IMAGE + image.firstRow() + i
                : ((TokenSegment) segment).id(i);
      }
    }
    return positions;
  }

  @Override
  public void close() {
    session.close();
  }
}
