package io.github.llavamed.generation;

import io.github.llavamed.inference.DecoderSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The decoder sessions of the beams of a search.
 *
 * <p>Owns all of them but the first, which holds the prompt and belongs to the caller.
 */
final class BeamSessions implements AutoCloseable {
  private final Set<DecoderSession> copies = Collections.newSetFromMap(new IdentityHashMap<>());
  private List<DecoderSession> current;

  /** Starts with one beam on the session that holds the prompt. */
  BeamSessions(DecoderSession root) {
    this.current = List.of(root);
  }

  /** Returns the session of a beam. */
  DecoderSession of(int beam) {
    return current.get(beam);
  }

  /** Makes the next beams continue these ones: a session goes to one of them, others get copies. */
  void continueFrom(List<Integer> parents) {
    for (int beam = 0; beam < current.size(); beam++) {
      if (!parents.contains(beam) && copies.remove(current.get(beam))) {
        current.get(beam).close();
      }
    }
    List<DecoderSession> next = new ArrayList<>();
    Set<DecoderSession> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int parent : parents) {
      DecoderSession session = current.get(parent);
      if (!taken.add(session)) {
        session = session.fork();
        copies.add(session);
      }
      next.add(session);
    }
    current = next;
  }

  @Override
  public void close() {
    copies.forEach(DecoderSession::close);
    copies.clear();
  }
}
