package io.github.llavamed.demo.dataset;

import io.github.llavamed.demo.phantom.Phantom;
import io.github.llavamed.demo.phantom.PhantomRandom;
import io.github.llavamed.demo.phantom.PhantomSampler;
import io.github.llavamed.demo.text.Captions;
import io.github.llavamed.demo.text.Question;
import io.github.llavamed.demo.text.Questions;
import java.util.ArrayList;
import java.util.List;

/** The texts that need no picture: dialogues for the decoder, a corpus for the tokenizer. */
public final class TrainingTexts {
  private static final double REWORDED = 0.15;
  private static final int ROUNDS = 4;
  private static final int CORPUS_PHANTOMS = 3000;

  private TrainingTexts() {}

  /**
   * One round of a dialogue.
   *
   * @param question what is said first
   * @param answer the reply
   */
  public record Round(String question, String answer) {}

  /**
   * Returns a dialogue in which a caption stands for the image: what the decoder learns to read.
   *
   * @param seed of the data set
   * @param index of the dialogue
   */
  public static List<Round> dialogue(long seed, int index) {
    PhantomRandom random = new PhantomRandom(PhantomSeeds.of(seed).dialogue(index));
    random.next();
    Phantom phantom = PhantomSampler.draw(random);
    String caption = Captions.caption(phantom, random);
    if (random.chance(REWORDED)) {
      String request = caption + "\n" + random.pick(Captions.INSTRUCTIONS);
      return List.of(new Round(request, Captions.caption(phantom, random)));
    }
    List<Round> rounds = new ArrayList<>();
    for (Question question : Questions.about(phantom, Questions.MORE_SIDES, random)) {
      if (rounds.size() < ROUNDS) {
        String text = rounds.isEmpty() ? caption + "\n" + question.text() : question.text();
        rounds.add(new Round(text, question.sentence()));
      }
    }
    return rounds;
  }

  /** Returns everything that a vocabulary is learnt from: all wordings with their frequencies. */
  public static List<String> corpus(long seed) {
    List<String> texts = new ArrayList<>(Captions.INSTRUCTIONS);
    for (int i = 0; i < CORPUS_PHANTOMS; i++) {
      PhantomRandom random = new PhantomRandom(PhantomSeeds.of(seed).tokenizer(i));
      random.next();
      Phantom phantom = PhantomSampler.draw(random);
      texts.add(Captions.caption(phantom, random));
      for (Question question : Questions.about(phantom, Questions.EVERY_KIND, random)) {
        texts.add(question.text());
        texts.add(question.answer());
        texts.add(question.sentence());
        texts.add("[INST] " + question.text() + " [/INST]");
      }
    }
    return texts;
  }
}
