package io.github.llavamed.inference;

import io.github.llavamed.prompt.TokenSegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Sequences with a session each, for backends that extend one sequence at a time. */
final class ForkedBatch extends CheckedBatch {
  private List<DecoderSession> sessions = new ArrayList<>();

  ForkedBatch(int slots) {
    super(slots);
  }

  @Override
  protected int sequences() {
    return sessions.size();
  }

  @Override
  protected void append(DecoderSession session) {
    sessions.add(session.fork());
  }

  @Override
  protected float[][] extend(int[] tokens) {
    for (DecoderSession session : sessions) {
      if (session.length() == session.capacity()) {
        throw full(session.capacity());
      }
    }
    float[][] logits = new float[tokens.length][]; // [sequences, v]
    for (int i = 0; i < tokens.length; i++) {
      logits[i] = sessions.get(i).append(List.of(TokenSegment.of(tokens[i])), List.of());
    }
    return logits;
  }

  @Override
  protected void follow(int[] parents) {
    Set<DecoderSession> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int parent : parents) {
      taken.add(sessions.get(parent));
    }
    for (DecoderSession session : sessions) {
      if (!taken.contains(session)) {
        session.close(); // Before any copy is made: its memory may serve for it.
      }
    }
    List<DecoderSession> before = sessions;
    sessions = new ArrayList<>(taken); // What free() finds if a fork fails.
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
  protected void free() {
    sessions.forEach(DecoderSession::close);
    sessions.clear();
  }
}
