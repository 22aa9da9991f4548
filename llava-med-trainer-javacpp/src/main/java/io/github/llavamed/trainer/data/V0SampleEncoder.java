package io.github.llavamed.trainer.data;

import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.conversation.Role;
import io.github.llavamed.training.MaskAlignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Version v0: a system text, then {@code ### Human: …} and {@code ### Assistant: …} turns.
 *
 * <p>Trained are the assistant's turns and, at the start of each human turn, the {@code ###} that
 * ends an answer.
 */
final class V0SampleEncoder extends SampleEncoder {
  private static final String HUMAN = "human";
  private static final String SIGNAL = "###";
  private static final String BEGIN = SIGNAL + " ";
  private static final String END = "\n";

  /** In running text the signal is two tokens, {@code ##} and {@code #}. */
  private static final int SIGNAL_TOKENS = 2;

  private final MaskAlignment alignment;
  private final ConversationTemplate template;

  V0SampleEncoder(SampleText text, MaskAlignment alignment) {
    super(text);
    this.alignment = alignment;
    this.template = ConversationTemplates.bundled().defaultConversation(Release.V1_0);
  }

  @Override
  public EncodedSample encode(InstructionSample sample) {
    String header = template.system() + "\n\n";
    List<String> turns = new ArrayList<>();
    for (InstructionSample.Turn turn : sample.turns()) {
      turns.add(BEGIN + roleName(turn.from()) + ": " + turn.value() + END);
    }
    String text = header + String.join("", turns) + BEGIN;
    int[] ids = cutIds(text);
    int[] labels = ids.clone();
    switch (alignment) {
      case LEGACY -> maskByLengths(sample, header, turns, labels);
      case EXACT -> maskBySpans(sample, header, turns, ids, labels);
    }
    return new EncodedSample(ids, labels, fullLength(text, ids));
  }

  private String roleName(String from) {
    return switch (from.toLowerCase(Locale.ROOT)) {
      case HUMAN -> template.roleName(Role.USER);
      case "gpt" -> template.roleName(Role.ASSISTANT);
      default -> "unknown";
    };
  }

  private void maskByLengths(
      InstructionSample sample, String header, List<String> turns, int[] labels) {
    int at = cutLength(header);
    ignore(labels, 0, at);
    for (int i = 0; i < turns.size(); i++) {
      int length = cutLength(turns.get(i));
      if (sample.turns().get(i).from().equals(HUMAN)) {
        ignore(labels, at + SIGNAL_TOKENS, at + length);
      }
      at += length;
    }
  }

  private void maskBySpans(
      InstructionSample sample, String header, List<String> turns, int[] ids, int[] labels) {
    StringBuilder text = new StringBuilder(header);
    ignore(labels, 0, sharedPrefix(header, ids));
    for (int i = 0; i < turns.size(); i++) {
      boolean human = sample.turns().get(i).from().toLowerCase(Locale.ROOT).equals(HUMAN);
      int from = human ? sharedPrefix(text + SIGNAL, ids) : 0;
      text.append(turns.get(i));
      if (human) {
        ignore(labels, from, sharedPrefix(text.toString(), ids));
      }
    }
  }
}
