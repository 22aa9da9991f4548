package io.github.llavamed.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@code _beam_search} in transformers 4.57.1: as many places for complete answers as
 * beams, refilled with the best after each step.
 *
 * <p>Float32 throughout, as there: what may not be chosen is shifted by -1e9 instead of removed.
 */
final class FinishedBeamBook implements BeamBook {
  private static final float FORBIDDEN = -1.0e9f;

  private final BeamSearchConfig config;
  private final int maxNewTokens;
  private final int candidates;
  private List<Place> places = new ArrayList<>();
  private boolean improvable = true;
  private boolean done;

  /** A place for an answer; empty at first. */
  private record Place(@Nullable BeamHypothesis answer, float score, boolean finished) {}

  FinishedBeamBook(BeamSearch.Input input) {
    this.config = input.beamSearch();
    this.maxNewTokens = input.stop().maxNewTokens();
    this.candidates = Math.max(2, 1 + input.stop().endIds().size()) * config.numBeams();
    for (int i = 0; i < config.numBeams(); i++) {
      places.add(new Place(null, FORBIDDEN, false));
    }
  }

  @Override
  public int candidates() {
    return candidates;
  }

  @Override
  public List<BeamCandidate> advance(
      List<BeamCandidate> best, @Nullable FinishReason interruption) {
    int count = best.size();
    boolean[] stopped = new boolean[count]; // by a stop criterion
    boolean[] complete = new boolean[count];
    boolean allComplete = true;
    for (int i = 0; i < count; i++) {
      Beam beam = best.get(i).beam();
      stopped[i] = beam.criterion().accept(beam.lastId());
      complete[i] =
          stopped[i]
              || best.get(i).ended()
              || beam.length() >= maxNewTokens
              || interruption != null;
      allComplete &= complete[i];
    }
    List<BeamCandidate> running = running(best, complete);
    fillPlaces(best, complete, stopped);
    improvable = improvable && canImprove(running.get(0).beam());
    boolean full = places.stream().allMatch(Place::finished);
    done = !improvable || allComplete || (full && config.earlyStopping() == EarlyStopping.TRUE);
    return running;
  }

  private List<BeamCandidate> running(List<BeamCandidate> best, boolean[] complete) {
    List<BeamCandidate> shifted = new ArrayList<>();
    for (int i = 0; i < best.size(); i++) {
      BeamCandidate candidate = best.get(i);
      Beam beam = candidate.beam();
      float score = beam.score() + (complete[i] ? FORBIDDEN : 0);
      Beam followed = new Beam(beam.history(), score, beam.criterion(), beam.logProbs());
      shifted.add(new BeamCandidate(candidate.parent(), followed, candidate.ended()));
    }
    shifted.sort(Comparator.comparingDouble((BeamCandidate c) -> c.beam().score()).reversed());
    return shifted.subList(0, config.numBeams());
  }

  private void fillPlaces(List<BeamCandidate> best, boolean[] complete, boolean[] stopped) {
    boolean closed =
        config.earlyStopping() == EarlyStopping.TRUE && places.stream().allMatch(Place::finished);
    List<Place> merged = new ArrayList<>(places);
    for (int i = 0; i < best.size(); i++) {
      Beam beam = best.get(i).beam();
      boolean finished = complete[i] && i < config.numBeams();
      float score = normalised(beam.score(), beam.length());
      score += closed ? FORBIDDEN : 0;
      score += improvable ? 0 : FORBIDDEN;
      score += finished ? 0 : FORBIDDEN;
      merged.add(
          new Place(
              new BeamHypothesis(beam, score, best.get(i).ended(), stopped[i]), score, finished));
    }
    merged.sort(Comparator.comparingDouble(Place::score).reversed());
    places = new ArrayList<>(merged.subList(0, config.numBeams()));
  }

  private boolean canImprove(Beam bestRunning) {
    int length =
        config.earlyStopping() == EarlyStopping.NEVER && config.lengthPenalty() > 0
            ? maxNewTokens
            : bestRunning.length();
    float possible = normalised(bestRunning.score(), length);
    float worst = (float) places.stream().mapToDouble(Place::score).min().orElseThrow();
    return places.stream().anyMatch(place -> possible > (place.finished() ? worst : FORBIDDEN));
  }

  private float normalised(float score, int length) {
    return score / (float) Math.pow(length, config.lengthPenalty());
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public List<BeamHypothesis> answers(List<Beam> open) {
    return places.stream()
        .filter(Place::finished)
        .map(Place::answer)
        .filter(answer -> answer != null)
        .toList();
  }
}
