package io.github.llavamed.demo.text;

import io.github.llavamed.demo.phantom.ChestXray;
import io.github.llavamed.demo.phantom.Finding;
import io.github.llavamed.demo.phantom.HistologySlide;
import io.github.llavamed.demo.phantom.Modality;
import io.github.llavamed.demo.phantom.Phantom;
import io.github.llavamed.demo.phantom.PhantomRandom;
import io.github.llavamed.demo.phantom.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks questions about phantoms and answers them from what is known. Stateless. */
public final class Questions {
  /** Every kind once, and a second chance for the question after a given finding. */
  public static final List<QuestionKind> EVERY_KIND = kinds(QuestionKind.PRESENT);

  /** For learning: the question after a given side is rare and hard, so it has two chances. */
  public static final List<QuestionKind> MORE_SIDES =
      kinds(QuestionKind.PRESENT, QuestionKind.SIDE);

  private static final double OWN_MODALITY = 0.5;
  private static final double OWN_FINDING = 0.6;
  private static final double LEFT = 0.5;

  private Questions() {}

  private static List<QuestionKind> kinds(QuestionKind... more) {
    List<QuestionKind> kinds = new ArrayList<>(Arrays.asList(QuestionKind.values()));
    kinds.addAll(Arrays.asList(more));
    return List.copyOf(kinds);
  }

  /**
   * Returns one question of each kind that applies, in random order and without two of the same
   * wording.
   *
   * @param kinds {@link #EVERY_KIND} or {@link #MORE_SIDES}
   */
  public static List<Question> about(
      Phantom phantom, List<QuestionKind> kinds, PhantomRandom random) {
    List<QuestionKind> order = new ArrayList<>(kinds);
    for (int i = order.size() - 1; i > 0; i--) {
      Collections.swap(order, i, random.index(i + 1));
    }
    Set<String> asked = new HashSet<>();
    List<Question> questions = new ArrayList<>();
    for (QuestionKind kind : order) {
      ask(kind, phantom, random)
          .filter(question -> asked.add(question.text()))
          .ifPresent(questions::add);
    }
    return questions;
  }

  /** Returns a question of a kind, or nothing if the kind does not apply to the phantom. */
  public static Optional<Question> ask(QuestionKind kind, Phantom phantom, PhantomRandom random) {
    return switch (kind) {
      case MODALITY -> {
        String sentence = "This is %s.".formatted(phantom.modality().withArticle());
        yield open(kind, random, phantom.modality().shortName(), sentence);
      }
      case PART -> {
        boolean tissue = phantom.modality() == Modality.HISTOLOGY;
        String part = phantom.modality().part();
        yield open(
            kind, random, part, "The image shows %s%s.".formatted(tissue ? "" : "the ", part));
      }
      case IS_MODALITY -> Optional.of(isModality(phantom, random));
      case NORMAL -> {
        boolean normal = phantom.finding() == Finding.NONE;
        String sentence = ", the image shows %s.".formatted(phantom.phrase());
        yield Optional.of(closed(kind, random.pick(kind.templates()), normal, sentence));
      }
      case PRESENT -> Optional.of(present(phantom, random));
      case FINDING ->
          open(kind, random, phantom.finding().label(), "There is %s.".formatted(phantom.phrase()));
      case WHERE, SIDE, WHICH_SIDE -> place(kind, phantom, random);
      case HEART, GLAND, CELLS -> special(kind, phantom, random);
    };
  }

  private static Question isModality(Phantom phantom, PhantomRandom random) {
    Modality own = phantom.modality();
    boolean same = random.chance(OWN_MODALITY);
    Modality asked = same ? own : random.pick(others(List.of(Modality.values()), own));
    String text = QuestionKind.IS_MODALITY.templates().get(0).formatted(asked.withArticle());
    return closed(
        QuestionKind.IS_MODALITY, text, same, ", this is %s.".formatted(own.withArticle()));
  }

  private static Question present(Phantom phantom, PhantomRandom random) {
    Finding own = phantom.finding();
    boolean same = own != Finding.NONE && random.chance(OWN_FINDING);
    Finding asked = same ? own : random.pick(others(Finding.of(phantom.modality()), own));
    String text = random.pick(QuestionKind.PRESENT.templates()).formatted(asked.withArticle());
    String sentence =
        same
            ? ", there is %s.".formatted(phantom.phrase())
            : ", there is no %s.".formatted(asked.label());
    return closed(QuestionKind.PRESENT, text, same, sentence);
  }

  private static Optional<Question> place(
      QuestionKind kind, Phantom phantom, PhantomRandom random) {
    String finding = phantom.finding().label();
    if (kind == QuestionKind.WHERE) {
      return phantom
          .location()
          .map(
              location ->
                  new Question(
                      kind,
                      random.pick(kind.templates()).formatted(finding),
                      location,
                      "The %s is in the %s.".formatted(finding, location)));
    }
    if (phantom.side().isEmpty()) {
      return Optional.empty();
    }
    Side side = phantom.side().get();
    if (kind == QuestionKind.SIDE) {
      Side asked = random.chance(LEFT) ? Side.LEFT : Side.RIGHT;
      String text = kind.templates().get(asked == Side.LEFT ? 0 : 1).formatted(finding);
      String sentence = ", it is on the %s side.".formatted(side.label());
      return Optional.of(closed(kind, text, asked == side, sentence));
    }
    return Optional.of(
        new Question(
            kind,
            random.pick(kind.templates()).formatted(finding),
            side.label(),
            "The %s is on the %s side.".formatted(finding, side.label())));
  }

  private static Optional<Question> special(
      QuestionKind kind, Phantom phantom, PhantomRandom random) {
    if (kind == QuestionKind.HEART && phantom instanceof ChestXray xray) {
      boolean large = xray.heartEnlarged();
      String sentence = large ? ", the heart is enlarged." : ", the heart size is normal.";
      return Optional.of(closed(kind, random.pick(kind.templates()), large, sentence));
    }
    if (kind == QuestionKind.GLAND && phantom instanceof HistologySlide slide) {
      String sentence = ", there is %s gland.".formatted(slide.gland() ? "a" : "no");
      return Optional.of(closed(kind, random.pick(kind.templates()), slide.gland(), sentence));
    }
    if (kind == QuestionKind.CELLS && phantom instanceof HistologySlide slide) {
      return open(kind, random, slide.cells(), "There are %s cells.".formatted(slide.cells()));
    }
    return Optional.empty();
  }

  private static Optional<Question> open(
      QuestionKind kind, PhantomRandom random, String answer, String sentence) {
    return Optional.of(new Question(kind, random.pick(kind.templates()), answer, sentence));
  }

  private static Question closed(
      QuestionKind kind, String text, boolean yes, String restOfSentence) {
    return new Question(kind, text, yes ? "yes" : "no", (yes ? "Yes" : "No") + restOfSentence);
  }

  private static <T> List<T> others(List<T> all, T without) {
    return all.stream().filter(element -> !element.equals(without)).toList();
  }
}
