package io.github.llavamed.demo.tour;

import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.demo.dataset.PhantomDataset;
import io.github.llavamed.demo.text.Question;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Answers without looking: what was the most frequent answer to the same words in the training set.
 *
 * <p>What a model reaches without seeing the image; anything above it comes from the image.
 * Immutable.
 */
final class MajorityAnswers {
  private static final String UNKNOWN = "yes";

  private final Map<String, String> answers = new HashMap<>();

  private MajorityAnswers(Map<String, Map<String, Integer>> counts) {
    counts.forEach((question, answered) -> answers.put(question, mostFrequent(answered)));
  }

  /** Counts the answers of a training set. */
  static MajorityAnswers ofTraining(long seed, int images, int questionsPerImage) {
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    for (int i = 0; i < images; i++) {
      List<Question> questions = PhantomDataset.trainQuestions(seed, i, questionsPerImage);
      for (Question question : questions) {
        counts
            .computeIfAbsent(question.text(), text -> new TreeMap<>())
            .merge(question.answer(), 1, Integer::sum);
      }
    }
    return new MajorityAnswers(counts);
  }

  /** Of equally frequent answers the one that sorts first. */
  private static String mostFrequent(Map<String, Integer> answered) {
    return answered.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .orElseThrow()
        .getKey();
  }

  /** Returns the answer to a question. */
  String answer(VqaSample question) {
    return answers.getOrDefault(question.question().replace("<image>", "").strip(), UNKNOWN);
  }
}
