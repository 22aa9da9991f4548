package io.github.llavamed.eval.scienceqa;

import java.util.Map;

/**
 * Accuracy of GPT-4's letter where it can be read, else of the own model's. Immutable.
 *
 * @param total problems with both answers
 * @param correct right combined answers
 * @param upper problems where the combined or the own answer is right
 * @param failed unreadable answers of GPT-4
 */
public record ScienceQaCombination(int total, int correct, int upper, int failed) {
  /** Combines answers; problems that lack one of them are skipped. */
  public static ScienceQaCombination of(
      ScienceQa questions,
      Map<String, ScienceQa.Answer> ours,
      Map<String, ScienceQa.Answer> gpt4,
      LetterChoice letters) {
    int total = 0;
    int correct = 0;
    int upper = 0;
    int failed = 0;
    for (ScienceQa.Problem problem : questions.problems()) {
      ScienceQa.Answer our = ours.get(problem.id());
      ScienceQa.Answer other = gpt4.get(problem.id());
      if (our == null || other == null) {
        continue;
      }
      String where = "problem " + problem.id();
      String letter = AnswerLetter.text(other.text());
      int ourIndex = letters.index(AnswerLetter.text(our.text()), problem.choices(), where);
      int gptIndex = letters.index(letter, problem.choices(), where);
      boolean unreadable = letter.equals(AnswerLetter.FAILED);
      int combined = unreadable ? ourIndex : gptIndex;
      total++;
      failed += unreadable ? 1 : 0;
      correct += combined == problem.answer() ? 1 : 0;
      upper += combined == problem.answer() || ourIndex == problem.answer() ? 1 : 0;
    }
    return new ScienceQaCombination(total, correct, upper, failed);
  }

  /** Returns the three lines that the original prints, each with line end. */
  public String text() {
    return Shares.line("Correct", correct, total, "Accuracy")
        + Shares.line("Correct (upper)", upper, total, "Accuracy")
        + Shares.line("GPT-4 NO-ANS (RANDOM)", failed, total, "Percentage");
  }
}
