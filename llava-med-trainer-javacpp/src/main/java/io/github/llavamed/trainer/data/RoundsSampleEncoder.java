package io.github.llavamed.trainer.data;

import io.github.llavamed.conversation.Conversation;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.conversation.Role;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.MaskAlignment;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Versions whose rounds end with a token: {@code USER: … ASSISTANT: …</s>}, {@code [INST] … [/INST]
 * …</s>}; answers and that token are trained.
 *
 * <p>By lengths, a sample whose lengths do not add up trains nothing, as in the original.
 */
final class RoundsSampleEncoder extends SampleEncoder {
  private static final Logger LOG = LoggerFactory.getLogger(RoundsSampleEncoder.class);

  /** A prompt piece is measured with BOS and with the blank that the answer's first token holds. */
  private static final int EXTRA_TOKENS = 2;

  private final MaskAlignment alignment;
  private final ConversationTemplate template;
  private final String separator;

  private RoundsSampleEncoder(
      SampleText text, MaskAlignment alignment, ConversationTemplate template, String separator) {
    super(text);
    this.alignment = alignment;
    this.template = template;
    this.separator = separator;
  }

  /**
   * Returns an encoder of {@code USER: … ASSISTANT: …</s>} rounds.
   *
   * @param name the template, {@code vicuna_v1_1} or {@code vicuna_v1}
   */
  static RoundsSampleEncoder vicuna(
      SampleText text, MaskAlignment alignment, Release release, String name) {
    ConversationTemplate template = ConversationTemplates.bundled().byName(release, name);
    return new RoundsSampleEncoder(
        text, alignment, template, template.sep() + template.roleName(Role.ASSISTANT) + ": ");
  }

  /** Returns an encoder of {@code [INST] … [/INST] …</s>} rounds. */
  static RoundsSampleEncoder mistral(SampleText text, MaskAlignment alignment) {
    ConversationTemplate template =
        ConversationTemplates.bundled().byName(Release.V1_5, "mistral_instruct");
    return new RoundsSampleEncoder(text, alignment, template, "[/INST] ");
  }

  @Override
  public EncodedSample encode(InstructionSample sample) {
    List<InstructionSample.Turn> turns = sample.turns();
    if (!turns.isEmpty() && role(sample, turns.get(0)) != Role.USER) {
      turns = turns.subList(1, turns.size());
    }
    Conversation conversation = Conversation.of(template);
    for (int i = 0; i < turns.size(); i++) {
      Role role = role(sample, turns.get(i));
      if (role != (i % 2 == 0 ? Role.USER : Role.ASSISTANT)) {
        throw new InvalidTrainingDataException(
            "sample %d, turn %d: expected human and gpt in turn, found '%s'"
                .formatted(sample.index(), i, turns.get(i).from()),
            null);
      }
      conversation.append(role, turns.get(i).value());
    }
    String text = conversation.prompt();
    int[] ids = cutIds(text);
    int[] labels = ids.clone();
    switch (alignment) {
      case LEGACY -> maskByLengths(text, ids, labels);
      case EXACT -> maskBySpans(turns, ids, labels);
    }
    return new EncodedSample(ids, labels, fullLength(text, ids));
  }

  private static Role role(InstructionSample sample, InstructionSample.Turn turn) {
    return switch (turn.from()) {
      case "human" -> Role.USER;
      case "gpt" -> Role.ASSISTANT;
      default ->
          throw new InvalidTrainingDataException(
              "sample %d: expected turns from 'human' or 'gpt', found '%s'"
                  .formatted(sample.index(), turn.from()),
              null);
    };
  }

  private void maskByLengths(String text, int[] ids, int[] labels) {
    int total = countReal(ids);
    int at = 1;
    ignore(labels, 0, at);
    for (String round : text.split(Pattern.quote(template.sep2OrEmpty()), -1)) {
      String[] parts = round.split(Pattern.quote(separator), -1);
      if (round.isEmpty() || parts.length != 2) {
        break;
      }
      int length = allIds(round).length;
      int prompt = allIds(parts[0] + separator).length - EXTRA_TOKENS;
      ignore(labels, at, at + prompt);
      at += length;
    }
    ignore(labels, at, labels.length);
    if (at < maxLength() && at != total) {
      Arrays.fill(labels, IGNORE_INDEX);
      LOG.warn("tokenization mismatch: {} vs. {}. (ignored)", at, total);
    }
  }

  private void maskBySpans(List<InstructionSample.Turn> turns, int[] ids, int[] labels) {
    Arrays.fill(labels, IGNORE_INDEX);
    Conversation before = Conversation.of(template);
    for (int i = 0; i < turns.size(); i += 2) {
      before.append(Role.USER, turns.get(i).value());
      if (i + 1 == turns.size()) {
        break;
      }
      Conversation prompt = before.copy().append(Role.ASSISTANT, null);
      int from = sharedPrefix(prompt.prompt(), ids);
      before.append(Role.ASSISTANT, turns.get(i + 1).value());
      int to = sharedPrefix(before.prompt(), ids);
      System.arraycopy(ids, from, labels, from, Math.max(0, to - from));
    }
  }
}
