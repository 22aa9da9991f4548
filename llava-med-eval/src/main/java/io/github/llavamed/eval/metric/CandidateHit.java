package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import io.github.llavamed.metric.MetricContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Says whether the candidate answer most similar to the answer is the reference.
 *
 * <p>Similarity is the share of the candidate's distinct words that the answer has; the first
 * candidate with the highest similarity is chosen, so with no overlap at all the first of the list.
 */
public final class CandidateHit implements Metric {
  private final List<Candidate> candidates;

  /** Creates the metric without candidates; {@link #forData} gives it some. */
  public CandidateHit() {
    this(List.of());
  }

  private CandidateHit(List<Candidate> candidates) {
    this.candidates = candidates;
  }

  private record Candidate(String text, Set<String> words) {}

  /**
   * What was chosen for one answer.
   *
   * @param similarities of each candidate, in order
   * @param chosen the normalised candidate
   * @param hit whether it equals the normalised reference
   */
  public record Choice(List<Double> similarities, String chosen, boolean hit) {}

  @Override
  public String id() {
    return "candidate-hit";
  }

  @Override
  public boolean needsCandidates() {
    return true;
  }

  @Override
  public Metric forData(MetricContext context) {
    List<Candidate> normalized = new ArrayList<>();
    for (String text : context.candidates()) {
      String candidate = AnswerNormalizer.normalize(text);
      normalized.add(new Candidate(candidate, WordCounts.of(candidate, 1).keySet()));
    }
    return new CandidateHit(List.copyOf(normalized));
  }

  @Override
  public OptionalDouble score(AnswerPair pair) {
    return OptionalDouble.of(choose(pair, candidates).hit() ? 1 : 0);
  }

  /** Returns the choice among the candidates of a context, with all similarities. */
  public static Choice choose(AnswerPair pair, MetricContext context) {
    return choose(pair, ((CandidateHit) new CandidateHit().forData(context)).candidates);
  }

  private static Choice choose(AnswerPair pair, List<Candidate> candidates) {
    if (candidates.isEmpty()) {
      throw new EvaluationException(
          "candidate hit: expected candidate answers, found none; name the data set's "
              + "train_open_answers.json",
          "max() arg is an empty sequence",
          null);
    }
    NormalizedPair texts = NormalizedPair.twice(pair);
    Set<String> answer = WordCounts.of(texts.prediction(), 1).keySet();
    List<Double> similarities = new ArrayList<>(candidates.size());
    int best = 0;
    for (Candidate candidate : candidates) {
      similarities.add(similarity(answer, candidate.words()));
      if (similarities.get(similarities.size() - 1) > similarities.get(best)) {
        best = similarities.size() - 1;
      }
    }
    String chosen = candidates.get(best).text();
    return new Choice(similarities, chosen, chosen.equals(texts.reference()));
  }

  private static double similarity(Set<String> answer, Set<String> candidate) {
    if (candidate.isEmpty()) {
      return 0;
    }
    int found = 0;
    for (String word : candidate) {
      found += answer.contains(word) ? 1 : 0;
    }
    return (double) found / candidate.size();
  }
}
