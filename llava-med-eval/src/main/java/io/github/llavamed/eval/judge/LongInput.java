package io.github.llavamed.eval.judge;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.metric.JudgeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request helper of v1.5: messages with examples, and long inputs in overlapping pieces.
 * Immutable.
 *
 * @param instruction system message
 * @param examples question and answer pairs
 * @param inputHeader line before an input
 * @param outputHeader line after an input
 */
public record LongInput(
    String instruction, List<Example> examples, String inputHeader, String outputHeader) {
  private static final Logger LOG = LoggerFactory.getLogger(LongInput.class);

  private static final double PROMPT_SHARE = 0.8;
  private static final int OVERLAP = 10;

  private static final Map<String, Integer> CONTEXT_SIZES =
      Map.of(
          "gpt-4", 8192,
          "gpt-4-0314", 8192,
          "gpt-4-32k", 32768,
          "gpt-35-turbo", 4096,
          "gpt-35-turbo-16k", 16385);

  /** Copies the list. */
  public LongInput {
    examples = List.copyOf(examples);
  }

  /**
   * An example. Immutable.
   *
   * @param user what is asked
   * @param assistant what is answered
   */
  public record Example(String user, String assistant) {}

  /** Turns text into tokens and back, as the model does; the library has none of its own. */
  public interface TokenCodec {
    /** Returns the tokens of a text. */
    List<Integer> encode(String text);

    /** Returns the text of some tokens. */
    String decode(List<Integer> tokens);
  }

  /**
   * Returns the number of tokens that a model reads and writes at most.
   *
   * @throws EvaluationException if the model is unknown
   */
  public static int contextSize(String model) {
    Integer size = CONTEXT_SIZES.get(model);
    if (size == null) {
      throw new EvaluationException(
          "model: expected one of "
              + new TreeMap<>(CONTEXT_SIZES).keySet()
              + ", found '"
              + model
              + "'");
    }
    return size;
  }

  /** Returns the name of a model's tokens: {@code gpt-4}, {@code gpt-3.5}. */
  public static String encodingName(String model) {
    String[] parts = model.split("-", -1);
    String name = parts.length > 1 ? parts[0] + "-" + parts[1] : model;
    return name.replace("5", ".5");
  }

  /** Returns instruction, examples and one input as messages. */
  public List<JudgeMessage> messages(String input) {
    List<JudgeMessage> messages = new ArrayList<>();
    messages.add(JudgeMessage.system(instruction));
    for (Example example : examples) {
      messages.add(JudgeMessage.user(framed(example.user())));
      messages.add(JudgeMessage.assistant(example.assistant()));
    }
    messages.add(JudgeMessage.user(framed(input)));
    return messages;
  }

  private String framed(String input) {
    return inputHeader + "\n" + input + "\n\n" + outputHeader;
  }

  /**
   * Cuts an input into pieces that leave a fifth of the context for the reply.
   *
   * <p>Each piece is what instruction and examples leave, and 10 tokens more that the next one
   * repeats.
   *
   * @param contextSize tokens that the model reads and writes at most
   * @return no piece at all if instruction and examples alone need more than that, as the original
   * @throws EvaluationException if instruction and examples leave exactly no token
   */
  public List<List<JudgeMessage>> split(String input, int contextSize, TokenCodec codec) {
    StringBuilder fixed = new StringBuilder(instruction);
    for (int i = 0; i < examples.size(); i++) {
      fixed.append(i == 0 ? "" : " ").append(examples.get(i).user());
      fixed.append(' ').append(examples.get(i).assistant());
    }
    int used = codec.encode(fixed.toString()).size();
    int step = (int) Math.ceil(PROMPT_SHARE * contextSize - used);
    if (step < 0) {
      LOG.warn("instruction and examples of {} tokens leave no room for an input", used);
      return List.of();
    }
    if (step == 0) {
      throw new EvaluationException(
          "long input: expected instruction and examples below four fifths of "
              + contextSize
              + " tokens, found "
              + used
              + "; shorten them");
    }
    List<Integer> tokens = codec.encode(input);
    List<List<JudgeMessage>> pieces = new ArrayList<>();
    for (int start = 0; start < tokens.size(); start += step) {
      int end = Math.min(tokens.size(), start + step + OVERLAP);
      pieces.add(messages(codec.decode(tokens.subList(start, end))));
    }
    return pieces;
  }
}
