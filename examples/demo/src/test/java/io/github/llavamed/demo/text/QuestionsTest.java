package io.github.llavamed.demo.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.demo.phantom.ChestXray;
import io.github.llavamed.demo.phantom.Finding;
import io.github.llavamed.demo.phantom.HistologySlide;
import io.github.llavamed.demo.phantom.Modality;
import io.github.llavamed.demo.phantom.Phantom;
import io.github.llavamed.demo.phantom.PhantomRandom;
import io.github.llavamed.demo.phantom.PhantomSampler;
import io.github.llavamed.demo.phantom.Side;
import io.github.llavamed.demo.phantom.Zone;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuestionsTest {
  private static final ChestXray NODULE =
      new ChestXray(Finding.NODULE, Optional.of(Side.LEFT), Optional.of(Zone.UPPER), true);
  private static final HistologySlide NORMAL_SLIDE = new HistologySlide(Finding.NONE, false);

  private static Question ask(QuestionKind kind, Phantom phantom) {
    return Questions.ask(kind, phantom, new PhantomRandom(1)).orElseThrow();
  }

  @Test
  void answersFollowFromWhatTheImageShows() {
    assertThat(ask(QuestionKind.WHERE, NODULE).answer()).isEqualTo("left upper lobe");
    assertThat(ask(QuestionKind.WHERE, NODULE).sentence())
        .isEqualTo("The nodule is in the left upper lobe.");
    assertThat(ask(QuestionKind.FINDING, NODULE).answer()).isEqualTo("nodule");
    assertThat(ask(QuestionKind.WHICH_SIDE, NODULE).answer()).isEqualTo("left");
    assertThat(ask(QuestionKind.HEART, NODULE).answer()).isEqualTo("yes");
    assertThat(ask(QuestionKind.NORMAL, NODULE).sentence())
        .isEqualTo("No, the image shows a nodule in the left upper lobe.");
    assertThat(ask(QuestionKind.FINDING, NORMAL_SLIDE).answer()).isEqualTo("none");
    assertThat(ask(QuestionKind.CELLS, NORMAL_SLIDE).sentence()).isEqualTo("There are few cells.");
    assertThat(ask(QuestionKind.PART, NORMAL_SLIDE).sentence())
        .isEqualTo("The image shows tissue.");
  }

  @Test
  void kindsThatDoNotApplyAreNotAsked() {
    for (QuestionKind kind :
        List.of(
            QuestionKind.WHERE, QuestionKind.SIDE, QuestionKind.WHICH_SIDE, QuestionKind.HEART)) {
      assertThat(Questions.ask(kind, NORMAL_SLIDE, new PhantomRandom(1))).isEmpty();
    }
    assertThat(Questions.ask(QuestionKind.GLAND, NODULE, new PhantomRandom(1))).isEmpty();
    assertThat(Questions.ask(QuestionKind.CELLS, NODULE, new PhantomRandom(1))).isEmpty();
  }

  @Test
  void closedAnswersAgreeWithTheQuestionAndTheSentence() {
    PhantomRandom random = new PhantomRandom(3);
    for (int i = 0; i < 2000; i++) {
      Phantom phantom = PhantomSampler.draw(random);
      for (Question question : Questions.about(phantom, Questions.MORE_SIDES, random)) {
        if (question.kind().isClosed()) {
          boolean yes = question.answer().equals("yes");
          assertThat(question.sentence()).startsWith(yes ? "Yes," : "No,");
          assertThat(yes).as("%s: %s", phantom, question).isEqualTo(expected(phantom, question));
        }
      }
    }
  }

  private static boolean expected(Phantom phantom, Question question) {
    String text = question.text();
    return switch (question.kind()) {
      case IS_MODALITY -> text.contains(phantom.modality().longName());
      case NORMAL -> phantom.finding() == Finding.NONE;
      case PRESENT -> phantom.finding() != Finding.NONE && text.contains(phantom.finding().label());
      case SIDE -> text.contains(phantom.side().orElseThrow().label());
      case HEART -> ((ChestXray) phantom).heartEnlarged();
      case GLAND -> ((HistologySlide) phantom).gland();
      default -> throw new AssertionError(question);
    };
  }

  @Test
  void asksNothingTwiceAndHasEnoughToAsk() {
    PhantomRandom random = new PhantomRandom(4);
    int questions = 0;
    for (int i = 0; i < 1000; i++) {
      Phantom phantom = PhantomSampler.draw(random);
      List<Question> asked = Questions.about(phantom, Questions.EVERY_KIND, random);
      assertThat(asked).extracting(Question::text).doesNotHaveDuplicates();
      assertThat(asked).hasSizeBetween(5, 11);
      questions += asked.size();
    }
    assertThat(questions / 1000.0).isBetween(7.5, 9.5);
  }

  @Test
  void captionsNameTheModalityAndTheFinding() {
    PhantomRandom random = new PhantomRandom(5);
    for (int i = 0; i < 500; i++) {
      Phantom phantom = PhantomSampler.draw(random);
      String caption = Captions.caption(phantom, random);
      assertThat(caption.toLowerCase(Locale.ROOT))
          .contains(phantom.modality().longName().toLowerCase(Locale.ROOT));
      assertThat(caption).contains(phantom.phrase());
      assertThat(caption.contains("heart")).isEqualTo(phantom.modality() == Modality.XRAY);
      assertThat(caption.contains("cells")).isEqualTo(phantom.modality() == Modality.HISTOLOGY);
    }
  }
}
