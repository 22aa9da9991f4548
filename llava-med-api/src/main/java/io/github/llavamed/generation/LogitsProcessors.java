package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.internal.BannedSequences;
import io.github.llavamed.generation.internal.LogitBias;
import io.github.llavamed.generation.internal.MinNewTokens;
import io.github.llavamed.generation.internal.MinP;
import io.github.llavamed.generation.internal.NoRepeatNgram;
import io.github.llavamed.generation.internal.RepetitionPenalty;
import io.github.llavamed.generation.internal.Temperature;
import io.github.llavamed.generation.internal.TopK;
import io.github.llavamed.generation.internal.TopP;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the logits processors of a configuration, in the order in which transformers applies them
 * ({@code _get_logits_processor} and {@code _get_logits_warper} of its {@code
 * generation/utils.py}).
 *
 * <p>All of them are immutable and safe for concurrent use.
 */
public final class LogitsProcessors {
  private LogitsProcessors() {}

  /**
   * Returns the rules, those that do nothing left out: bias, repetition penalty, n-grams, bad
   * words, smallest length. Constraints and a caller's own processors come after them, filters
   * last.
   *
   * @param tokenizer encodes the bad words
   * @param before the ids before the answer that the rules see, {@link #idsBefore}
   * @param endIds ids that end an answer
   * @throws IllegalArgumentException if a bad word has no ids
   */
  public static List<LogitsProcessor> rules(
      TokenRules rules, Tokenizer tokenizer, List<Integer> before, Set<Integer> endIds) {
    List<LogitsProcessor> processors = new ArrayList<>();
    if (!rules.logitBias().isEmpty()) {
      processors.add(new LogitBias(rules.logitBias()));
    }
    if (rules.repetitionPenalty() != 1) {
      processors.add(new RepetitionPenalty(rules.repetitionPenalty(), before));
    }
    if (rules.noRepeatNgramSize() > 0) {
      processors.add(new NoRepeatNgram(rules.noRepeatNgramSize(), before));
    }
    if (!rules.badWords().isEmpty()) {
      processors.add(new BannedSequences(ids(rules.badWords(), tokenizer), before, endIds));
    }
    if (rules.minNewTokens() > 0) {
      processors.add(new MinNewTokens(rules.minNewTokens(), endIds));
    }
    return processors;
  }

  private static List<int[]> ids(List<String> words, Tokenizer tokenizer) {
    List<int[]> sequences = new ArrayList<>();
    for (String word : words) {
      int[] ids = tokenizer.encode(word, false);
      if (ids.length == 0) {
        throw new IllegalArgumentException(
            "badWords: '%s' has no ids in this tokenizer".formatted(word));
      }
      sequences.add(ids);
    }
    return sequences;
  }

  /**
   * Returns the filters of sampling, those that do nothing left out: temperature, top-k, top-p,
   * min-p. None if nothing is drawn.
   *
   * @param minTokensToKeep so many tokens stay possible: 1, or for beam search one more than there
   *     are end ids
   */
  public static List<LogitsProcessor> filters(SamplingConfig sampling, int minTokensToKeep) {
    List<LogitsProcessor> processors = new ArrayList<>();
    if (!sampling.isRandom()) {
      return processors;
    }
    if (sampling.temperature() != 1) {
      processors.add(new Temperature(sampling.temperature()));
    }
    if (sampling.topK() > 0) {
      processors.add(new TopK(Math.max(sampling.topK(), minTokensToKeep)));
    }
    if (sampling.topP() < 1) {
      processors.add(new TopP(sampling.topP(), minTokensToKeep));
    }
    if (sampling.minP() > 0) {
      processors.add(new MinP(sampling.minP(), minTokensToKeep));
    }
    return processors;
  }

  /**
   * Returns the ids before the answer that the original's library shows to the rules.
   *
   * <p>v1.5 generates from embeddings: the library sees no prompt, and puts the configuration's BOS
   * in front of the answer. v1.0 and Hugging Face show the prompt, image ids included.
   *
   * @param bosId of the language model's configuration, or null if there is none
   * @param promptIds input ids as the family's own processor makes them
   */
  public static List<Integer> idsBefore(
      ModelFamily family, @Nullable Integer bosId, List<Integer> promptIds) {
    return switch (family) {
      case LLAVA_V1_5 -> bosId == null ? List.of() : List.of(bosId);
      case LLAVA_V1_0, HF_LLAVA -> promptIds;
    };
  }
}
