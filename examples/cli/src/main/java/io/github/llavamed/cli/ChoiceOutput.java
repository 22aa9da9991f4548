package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.generation.ChoiceResult;
import io.github.llavamed.generation.ChoiceScore;
import io.github.llavamed.generation.ChoiceScoring;
import java.util.List;
import java.util.Locale;

/** Scored choices as text and as JSON, in the order in which they were given. */
final class ChoiceOutput {
  private ChoiceOutput() {}

  static String text(ChoiceResult result) {
    StringBuilder text = new StringBuilder();
    List<Double> probabilities = result.probabilities(ChoiceScoring.SUM);
    for (int i = 0; i < probabilities.size(); i++) {
      text.append(
          String.format(
              Locale.ROOT, "%.4f  %s%n", probabilities.get(i), result.choices().get(i).text()));
    }
    return text.toString();
  }

  static ObjectNode json(ChoiceResult result) {
    ObjectNode json = JsonText.object();
    json.put("answer", result.best(ChoiceScoring.SUM).text());
    ArrayNode choices = json.putArray("choices");
    List<Double> bySum = result.probabilities(ChoiceScoring.SUM);
    List<Double> byMean = result.probabilities(ChoiceScoring.MEAN);
    for (int i = 0; i < bySum.size(); i++) {
      ChoiceScore choice = result.choices().get(i);
      choices
          .addObject()
          .put("text", choice.text())
          .put("probability", bySum.get(i))
          .put("probability_length_normalised", byMean.get(i))
          .put("sum_logprob", choice.sum())
          .put("mean_logprob", choice.mean());
    }
    return json;
  }
}
