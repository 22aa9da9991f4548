package io.github.llavamed.eval.generation;

import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.image.ImageInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Answers one question about one image, as {@code run_llava.py} does. Thread-safe. */
public final class SingleAnswer {
  private SingleAnswer() {}

  /**
   * Returns the answer.
   *
   * @param query the question, unchanged
   */
  public static String of(
      QuestionAnswerer model, AnswerRecipe recipe, ImageInput image, String query)
      throws IOException {
    AnswerTask task = new AnswerTask(SampleId.of(0), "image", query, query, "query");
    PromptRequest request = recipe.request(task, model.traits(), 0).withImage(image);
    List<String> answers = new ArrayList<>();
    model.answerAll(List.of(request), (i, text) -> answers.add(recipe.answer(request, text)));
    return answers.get(0);
  }
}
