package io.github.llavamed.eval.scienceqa;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Accuracy of one model. Immutable.
 *
 * @param items one an answered problem, in the order of the split
 */
public record ScienceQaScore(List<Item> items) {
  /** Copies the list. */
  public ScienceQaScore {
    items = List.copyOf(items);
  }

  /**
   * An answered problem. Immutable.
   *
   * @param id identifier
   * @param letter the letter read, or {@code FAILED}
   * @param truth the right letter
   * @param answer what was asked and answered
   * @param index the chosen index, random for an unreadable letter; drawn once
   * @param correct whether it is the right one
   */
  public record Item(
      String id,
      String letter,
      String truth,
      ScienceQa.Answer answer,
      int index,
      boolean correct) {}

  /** Scores the problems that have an answer. */
  public static ScienceQaScore of(
      ScienceQa questions, Map<String, ScienceQa.Answer> answers, LetterChoice letters) {
    List<Item> items = new ArrayList<>();
    for (ScienceQa.Problem problem : questions.problems()) {
      ScienceQa.Answer answer = answers.get(problem.id());
      if (answer != null) {
        String where = "problem " + problem.id();
        String letter = AnswerLetter.text(answer.text());
        int index = letters.index(letter, problem.choices(), where);
        items.add(
            new Item(
                problem.id(),
                letter,
                letters.letter(problem.answer(), where),
                answer,
                index,
                index == problem.answer()));
      }
    }
    return new ScienceQaScore(items);
  }

  /** Returns the number of right answers. */
  public int correct() {
    return (int) items.stream().filter(Item::correct).count();
  }

  /** Returns the share of right answers in percent. */
  public double accuracy() {
    return Shares.percent(correct(), items.size());
  }

  /** Returns the line that the original prints, with line end. */
  public String text() {
    return Shares.line("Correct", correct(), items.size(), "Accuracy");
  }

  /** Returns the indented JSON of all answers, right ones and wrong ones. */
  public String outputJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (boolean side : new boolean[] {true, false}) {
      var list = json.putArray(side ? "correct" : "incorrect");
      for (Item item : items) {
        if (item.correct() == side) {
          ObjectNode entry = list.addObject();
          entry.put("question_id", item.id());
          entry.put("parsed_ans", item.letter());
          entry.put("ground_truth", item.truth());
          entry.put("question", item.answer().prompt());
          entry.put("pred", item.answer().text());
          entry.put("is_multimodal", item.answer().prompt().contains("<image>"));
        }
      }
    }
    return PythonJson.indented(json);
  }

  /** Returns the indented JSON of accuracy, counts, indices and texts by identifier. */
  public String resultJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("acc", accuracy());
    json.put("correct", correct());
    json.put("count", items.size());
    ObjectNode results = json.putObject("results");
    ObjectNode outputs = json.putObject("outputs");
    for (Item item : items) {
      results.put(item.id(), item.index());
      outputs.put(item.id(), item.answer().text());
    }
    return PythonJson.indented(json);
  }
}
