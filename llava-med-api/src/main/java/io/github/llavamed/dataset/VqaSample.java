package io.github.llavamed.dataset;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One question about one image, with its reference answer. Immutable.
 *
 * @param id identifier within the data set
 * @param image file name relative to the image folder, or null for a question without image
 * @param question the question as it stands in the data, image placeholder included
 * @param reference the reference answer, unchanged
 * @param attributes further text fields by their name in the data, for example {@link
 *     #ANSWER_TYPE}, {@link #QUESTION_TYPE}, {@link #MODALITY}
 */
public record VqaSample(
    SampleId id,
    @Nullable String image,
    String question,
    String reference,
    Map<String, String> attributes) {
  /** Attribute that says how a question is scored: {@code OPEN}, {@code CLOSED} or another word. */
  public static final String ANSWER_TYPE = "answer_type";

  /** Attribute with the kind of question, for example {@code PRES} or {@code where}. */
  public static final String QUESTION_TYPE = "question_type";

  /** Attribute with the imaging modality, where the data set names it. */
  public static final String MODALITY = "modality";

  /** Copies the attributes. */
  public VqaSample {
    attributes = Map.copyOf(attributes);
  }

  /** Returns the answer type, or the empty text if the data set has none. */
  public String answerType() {
    return attributes.getOrDefault(ANSWER_TYPE, "");
  }
}
