package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@code BeamSearchScorer} and {@code BeamHypotheses} in transformers 4.28.1 and
 * 4.36.2: a list of the best complete answers beside the open beams.
 *
 * <p>The two versions differ in the length that a score is divided by. 4.28: the whole sequence,
 * prompt included, end of sequence not counted. 4.36: the new ids, end of sequence included.
 */
final class HypothesisBook implements BeamBook {
  private final BeamSearchConfig config;
  private final ModelFamily family;
  private final int candidates;
  private final int lengthBefore;
  private final int endLength;
  private final int maxNewTokens;
  private final List<BeamHypothesis> complete = new ArrayList<>();
  private double worstScore = 1e9; // as there: nothing is worse than what is not there yet
  private boolean done;
  private boolean stopped;

  private HypothesisBook(
      BeamSearch.Input input,
      ModelFamily family,
      int candidatesPerBeam,
      int lengthBefore,
      int endLength) {
    this.config = input.beamSearch();
    this.family = family;
    this.candidates = candidatesPerBeam * config.numBeams();
    this.lengthBefore = lengthBefore;
    this.endLength = endLength;
    this.maxNewTokens = input.stop().maxNewTokens();
  }

  static HypothesisBook v1_0(BeamSearch.Input input) {
    return new HypothesisBook(input, ModelFamily.LLAVA_V1_0, 2, input.promptIds().size(), 0);
  }

  static HypothesisBook v1_5(BeamSearch.Input input) {
    int perBeam = Math.max(2, 1 + input.stop().endIds().size());
    return new HypothesisBook(input, ModelFamily.LLAVA_V1_5, perBeam, 0, 1);
  }

  @Override
  public int candidates() {
    return candidates;
  }

  @Override
  public List<BeamCandidate> advance(
      List<BeamCandidate> best, @Nullable FinishReason interruption) {
    List<BeamCandidate> next = new ArrayList<>();
    double bestSum = Double.NEGATIVE_INFINITY;
    for (int rank = 0; rank < best.size(); rank++) {
      BeamCandidate candidate = best.get(rank);
      bestSum = Math.max(bestSum, candidate.beam().score());
      if (next.size() == config.numBeams()) {
        continue;
      }
      if (!candidate.ended()) {
        next.add(candidate);
      } else if (rank < config.numBeams()) {
        int length = lengthBefore + candidate.beam().length() - 1 + endLength;
        add(candidate.beam(), length, true, false);
      }
    }
    if (next.size() < config.numBeams()) {
      throw new NoTokenLeftException(
          ("beam search: %d beams need as many tokens that do not end the answer, found %d; use"
                  + " fewer beams")
              .formatted(config.numBeams(), next.size()));
    }
    done = done || isDone(bestSum, lengthBefore + next.get(0).beam().length());
    stopped = stops(next);
    return next;
  }

  /** Lets the criteria of the new beams see their last ids; v1.0 looks at the first beam only. */
  private boolean stops(List<BeamCandidate> next) {
    List<StoppingCriterion> criteria = next.stream().map(c -> c.beam().criterion()).toList();
    int[] ids = next.stream().mapToInt(c -> c.beam().lastId()).toArray();
    return BatchStoppingCriterion.of(family, criteria).accept(ids);
  }

  private void add(Beam beam, int length, boolean ended, boolean byCriterion) {
    double score = beam.score() / Math.pow(length, config.lengthPenalty());
    if (complete.size() >= config.numBeams() && !(score > worstScore)) {
      return;
    }
    complete.add(new BeamHypothesis(beam, score, ended, byCriterion));
    if (complete.size() > config.numBeams()) {
      complete.remove(indexOfWorst());
      worstScore = complete.get(indexOfWorst()).score();
    } else {
      worstScore = Math.min(score, worstScore);
    }
  }

  private int indexOfWorst() {
    int worst = 0;
    for (int i = 1; i < complete.size(); i++) {
      worst = complete.get(i).score() < complete.get(worst).score() ? i : worst;
    }
    return worst;
  }

  private boolean isDone(double bestSum, int length) {
    if (complete.size() < config.numBeams()) {
      return false;
    }
    int attainable =
        config.earlyStopping() == EarlyStopping.NEVER && config.lengthPenalty() > 0
            ? lengthBefore + maxNewTokens
            : length;
    return config.earlyStopping() == EarlyStopping.TRUE
        || worstScore >= bestSum / Math.pow(attainable, config.lengthPenalty());
  }

  @Override
  public boolean isDone() {
    return done || stopped;
  }

  @Override
  public List<BeamHypothesis> answers(List<Beam> open) {
    if (!done) {
      for (Beam beam : open) {
        add(beam, lengthBefore + beam.length(), false, stopped);
      }
    }
    // Of equals the one that came last, as sorting upwards and taking from the end does.
    List<BeamHypothesis> best = new ArrayList<>(complete);
    Collections.reverse(best);
    best.sort(Comparator.comparingDouble(BeamHypothesis::score).reversed());
    return best;
  }
}
