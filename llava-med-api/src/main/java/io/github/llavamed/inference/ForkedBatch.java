package io.github.llavamed.inference;

import io.github.llavamed.prompt.TokenSegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Sequences with a session each, for backends that extend one sequence at a time. */
final class ForkedBatch implements DecoderBatch {
  private final int slots;
  private List<DecoderSession> sessions = new ArrayList<>();
  private boolean closed;

  ForkedBatch(int slots) {
    if (slots < 1) {
      throw new IllegalArgumentException("slots: expected at least 1, found " + slots);
    }
    this.slots = slots;
  }

  @Override
  public int slots() {
    requireOpen();
    return slots;
  }

  @Override
  public int size() {
    requireOpen();
    return sessions.size();
  }

  @Override
  public void add(DecoderSession session) {
    requireOpen();
    if (sessions.size() == slots) {
      throw new IllegalStateException(
          "decoder batch: all %d slots are taken; give one up first".formatted(slots));
    }
    if (session.length() == 0) {
      throw new IllegalArgumentException(
          "decoder batch: expected a session with at least one position, found an empty one");
    }
    sessions.add(session.fork());
  }

  @Override
  public float[][] step(int... tokens) {
    requireOpen();
    if (tokens.length == 0 || tokens.length != sessions.size()) {
      throw new IllegalArgumentException(
          "decoder batch: expected one token for each of %d sequences, at least one, found %d"
              .formatted(sessions.size(), tokens.length));
    }
    for (DecoderSession session : sessions) {
      if (session.length() == session.capacity()) {
        throw new ContextLengthExceededException(
            "decoder batch: a sequence has filled its %d positions; use a session of larger capacity"
                .formatted(session.capacity()));
      }
    }
    float[][] logits = new float[tokens.length][]; // [sequences, v]
    for (int i = 0; i < tokens.length; i++) {
      logits[i] = sessions.get(i).append(List.of(TokenSegment.of(tokens[i])), List.of());
    }
    return logits;
  }

  @Override
  public void continueFrom(int... parents) {
    requireOpen();
    if (parents.length > slots) {
      throw new IllegalArgumentException(
          "decoder batch: expected at most %d sequences, found %d"
              .formatted(slots, parents.length));
    }
    Set<DecoderSession> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int parent : parents) {
      taken.add(sessions.get(Objects.checkIndex(parent, sessions.size())));
    }
    for (DecoderSession session : sessions) {
      if (!taken.contains(session)) {
        session.close(); // Before any copy is made: its memory may serve for it.
      }
    }
    List<DecoderSession> before = sessions;
    sessions = new ArrayList<>(taken); // What close() finds if a fork fails.
    List<DecoderSession> next = new ArrayList<>();
    for (int parent : parents) {
      DecoderSession session = before.get(parent);
      if (!taken.remove(session)) {
        session = session.fork();
        sessions.add(session);
      }
      next.add(session);
    }
    sessions = next;
  }

  @Override
  public void close() {
    closed = true;
    sessions.forEach(DecoderSession::close);
    sessions.clear();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("decoder batch is closed");
    }
  }
}
