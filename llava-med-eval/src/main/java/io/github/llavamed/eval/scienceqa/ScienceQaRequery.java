package io.github.llavamed.eval.scienceqa;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Accuracy with GPT-4 asked again as a judge over both answers. Immutable.
 *
 * @param counts the counters in the order of the printed lines
 * @param results chosen index by problem
 * @param mistakes the printed blocks of readable but wrong judgements
 */
public record ScienceQaRequery(Counts counts, Map<String, Integer> results, String mistakes) {
  private static final ScienceQa.Answer MISSING = new ScienceQa.Answer("", "MISSING");

  /** Copies the map, keeping its order. */
  public ScienceQaRequery {
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
  }

  /**
   * The counters. Immutable.
   *
   * @param total problems
   * @param ours own answers right
   * @param gpt4 GPT-4's answers right, lucky random ones included
   * @param failed unreadable answers of GPT-4
   * @param gpt4OrOurs GPT-4's answers, or the own ones where unreadable, right
   * @param requery judgements, or the own answers where unreadable, right
   * @param upper problems where GPT-4's or the own answer is right
   */
  public record Counts(
      int total, int ours, int gpt4, int failed, int gpt4OrOurs, int requery, int upper) {}

  /**
   * Scores every problem.
   *
   * @throws io.github.llavamed.eval.EvaluationException if the own model's or GPT-4's answer to a
   *     problem is missing
   */
  public static ScienceQaRequery of(
      ScienceQa questions,
      Map<String, ScienceQa.Answer> ours,
      Map<String, ScienceQa.Answer> gpt4,
      Map<String, ScienceQa.Answer> requery,
      LetterChoice letters) {
    Counts counts = new Counts(0, 0, 0, 0, 0, 0, 0);
    Map<String, Integer> results = new LinkedHashMap<>();
    StringBuilder mistakes = new StringBuilder();
    for (ScienceQa.Problem problem : questions.problems()) {
      Choice our =
          Choice.of(ScienceQa.require(ours, problem.id(), "own answers"), problem, letters);
      Choice other =
          Choice.of(ScienceQa.require(gpt4, problem.id(), "GPT-4 answers"), problem, letters);
      Choice judged = Choice.of(requery.getOrDefault(problem.id(), MISSING), problem, letters);
      Choice chosen = judged.failed() ? our : judged;
      results.put(problem.id(), chosen.index());
      counts = add(counts, problem, our, other, chosen);
      if (!judged.failed() && judged.index() != problem.answer()) {
        String truth = letters.letter(problem.answer(), "problem " + problem.id());
        mistakes.append(block(truth, our, other, judged));
      }
    }
    return new ScienceQaRequery(counts, results, mistakes.toString());
  }

  private record Choice(ScienceQa.Answer answer, String letter, int index) {
    static Choice of(ScienceQa.Answer answer, ScienceQa.Problem problem, LetterChoice letters) {
      String letter = AnswerLetter.text(answer.text());
      int index = letters.index(letter, problem.choices(), "problem " + problem.id());
      return new Choice(answer, letter, index);
    }

    boolean failed() {
      return letter.equals(AnswerLetter.FAILED);
    }
  }

  private static Counts add(
      Counts counts, ScienceQa.Problem problem, Choice our, Choice gpt4, Choice chosen) {
    boolean ourRight = our.index() == problem.answer();
    boolean gptRight = gpt4.index() == problem.answer();
    return new Counts(
        counts.total() + 1,
        counts.ours() + (ourRight ? 1 : 0),
        counts.gpt4() + (gptRight ? 1 : 0),
        counts.failed() + (gpt4.failed() ? 1 : 0),
        counts.gpt4OrOurs() + ((gpt4.failed() ? ourRight : gptRight) ? 1 : 0),
        counts.requery() + (chosen.index() == problem.answer() ? 1 : 0),
        counts.upper() + (gptRight || ourRight ? 1 : 0));
  }

  private static String block(String truth, Choice our, Choice gpt4, Choice judged) {
    return "\nQuestion ("
        + truth
        + "): "
        + our.answer().prompt()
        + "\nOur ("
        + our.letter()
        + "): "
        + our.answer().text()
        + "\nGPT-4 ("
        + gpt4.letter()
        + "): "
        + gpt4.answer().text()
        + "\nRequery ("
        + judged.letter()
        + "): "
        + judged.answer().text()
        + "\nprint(\"=====================================\")\n\n";
  }

  /** Returns the blocks of mistakes and the six lines that the original prints. */
  public String text() {
    int total = counts.total();
    return mistakes
        + Shares.line("Our-Correct", counts.ours(), total, "Accuracy")
        + Shares.line("GPT-4-Correct", counts.gpt4(), total, "Accuracy")
        + Shares.line("GPT-4 NO-ANS (RANDOM)", counts.failed(), total, "Percentage")
        + Shares.line("GPT-4-OursVisual-Correct", counts.gpt4OrOurs(), total, "Accuracy")
        + Shares.line("Requery-Correct", counts.requery(), total, "Accuracy")
        + Shares.line("Correct upper", counts.upper(), total, "Accuracy");
  }

  /** Returns the indented JSON of the judged accuracy and the chosen indices. */
  public String resultJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("acc", Shares.percent(counts.requery(), counts.total()));
    json.put("correct", counts.requery());
    json.put("count", counts.total());
    ObjectNode indices = json.putObject("results");
    results.forEach(indices::put);
    json.putObject("outputs");
    return PythonJson.indented(json);
  }
}
