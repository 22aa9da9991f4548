package io.github.llavamed.eval.scienceqa;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.PythonText;
import java.util.List;

/**
 * How the parts of a ScienceQA problem stand in question and answer, for example {@code QCM-LEPA}.
 *
 * <p>Letters before the hyphen order the question: question, context, choices (M), lecture,
 * explanation; those after it the answer. Immutable.
 *
 * @param input {@code CQM}, {@code QCM}, {@code QCML}, {@code QCME}, {@code QCMLE}, {@code QCLM},
 *     {@code QCEM} or {@code QCLEM}
 * @param output {@code A}, {@code AL}, {@code AE}, {@code ALE}, {@code AEL}, {@code LA}, {@code
 *     EA}, {@code LEA}, {@code ELA} or {@code LEPA}
 */
public record ScienceQaFormat(String input, String output) {
  private static final List<String> INPUTS =
      List.of("CQM", "QCM", "QCML", "QCME", "QCMLE", "QCLM", "QCEM", "QCLEM");
  private static final List<String> OUTPUTS =
      List.of("A", "AL", "AE", "ALE", "AEL", "LA", "EA", "LEA", "ELA", "LEPA");
  private static final String BECAUSE = "BECAUSE:";

  /**
   * Checks the names.
   *
   * @throws EvaluationException if there is no such order
   */
  public ScienceQaFormat {
    if (!INPUTS.contains(input) || !OUTPUTS.contains(output)) {
      throw new EvaluationException(
          "prompt format: expected one of %s, a hyphen and one of %s, found '%s-%s'"
              .formatted(INPUTS, OUTPUTS, input, output));
    }
  }

  /** Returns the format of a text like {@code QCM-LEPA}. */
  public static ScienceQaFormat parse(String text) {
    List<String> parts = PythonText.split(text, '-');
    if (parts.size() != 2) {
      throw new EvaluationException(
          "prompt format: expected two parts with a hyphen between, like QCM-LEPA, found '"
              + text
              + "'");
    }
    return new ScienceQaFormat(parts.get(0), parts.get(1));
  }

  /** The parts of a problem, as they are in the data but for choices and answer. */
  record Parts(
      String question,
      String hint,
      String choices,
      String answer,
      String lecture,
      String solution) {}

  /** What is asked and answered. */
  record Texts(String input, String output) {}

  Texts texts(Parts raw) {
    Parts parts =
        new Parts(
            raw.question(),
            raw.hint(),
            raw.choices(),
            raw.answer(),
            lines(raw.lecture()),
            lines(raw.solution()));
    return new Texts(
        withoutLabel(tidied(inputOf(parts)), "Question: "),
        withoutLabel(tidied(outputOf(parts)), "Answer: "));
  }

  /** The original writes line ends as two characters and reads all such pairs back as line ends. */
  private static String lines(String text) {
    return text.replace("\\n", "\n");
  }

  private String inputOf(Parts parts) {
    String hint = PythonText.strip(parts.hint() + " ");
    String context = "Context: " + (hint.isEmpty() ? "N/A" : hint) + "\n";
    String question = "Question: " + parts.question() + "\n";
    String choices = "Options: " + parts.choices() + "\n";
    String start = input.startsWith("C") ? context + question : question + context;
    String lecture = BECAUSE + " " + parts.lecture();
    String solution = BECAUSE + " " + parts.solution();
    return switch (input) {
      case "QCML" -> start + choices + lecture;
      case "QCME" -> start + choices + solution;
      case "QCMLE" -> start + choices + lecture + " " + parts.solution();
      case "QCLM" -> start + lecture + "\n" + choices;
      case "QCEM" -> start + solution + "\n" + choices;
      case "QCLEM" -> start + lecture + " " + parts.solution() + "\n" + choices;
      default -> start + choices;
    };
  }

  private String outputOf(Parts parts) {
    String lecture = parts.lecture();
    String solution = parts.solution();
    String verdict = "The answer is " + parts.answer() + ".";
    String because = "Answer: " + verdict + " " + BECAUSE + " ";
    return switch (output) {
      case "A" -> "Answer: " + verdict;
      case "AL" -> because + solution; // as the original, which swaps these two
      case "AE" -> because + lecture;
      case "ALE" -> because + lecture + " " + solution;
      case "AEL" -> because + solution + " " + lecture;
      case "LA" -> "Answer: " + lecture + " " + verdict;
      case "EA" -> "Answer: " + solution + " " + verdict;
      case "LEA" -> "Answer: " + lecture + " " + solution + " " + verdict;
      case "ELA" -> "Answer: " + solution + " " + lecture + " " + verdict;
      default ->
          labelled("LECTURE: ", lecture)
              + labelled("SOLUTION: ", solution)
              + "###\nANSWER: "
              + parts.answer()
              + ".";
    };
  }

  private static String labelled(String label, String text) {
    return PythonText.strip(text).isEmpty() ? "" : label + text + "\n";
  }

  private static String tidied(String text) {
    String tidy = PythonText.strip(text.replace("  ", " "));
    return tidy.endsWith(BECAUSE) ? PythonText.strip(tidy.replace(BECAUSE, "")) : tidy;
  }

  private static String withoutLabel(String text, String label) {
    return text.startsWith(label) ? text.replace(label, "") : text;
  }
}
