package io.github.llavamed.demo.dataset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.demo.phantom.Phantom;
import io.github.llavamed.demo.phantom.PhantomImage;
import io.github.llavamed.demo.phantom.PhantomRandom;
import io.github.llavamed.demo.phantom.PhantomRenderer;
import io.github.llavamed.demo.phantom.PhantomSampler;
import io.github.llavamed.demo.text.Captions;
import io.github.llavamed.demo.text.Question;
import io.github.llavamed.demo.text.Questions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Writes a data set of phantoms: pictures, and the text files of all stages and of the test.
 *
 * <p>The same seed gives the same bytes. Stateless.
 */
public final class PhantomDataset {
  /** Width and height of the pictures that are learnt from, in pixels: what the tower takes. */
  public static final int IMAGE_SIZE = 72;

  /** Width and height of pictures for people, in pixels. */
  public static final int DISPLAY_SIZE = 288;

  /** Folder of all pictures. */
  public static final String IMAGES = "images";

  /** Captions, the file of stage 1. */
  public static final String ALIGNMENT = "alignment.json";

  /** Dialogues about pictures, the file of stage 2. */
  public static final String INSTRUCT = "instruct.json";

  /** Questions with short answers, the file of stage 3. */
  public static final String TRAIN = "train.json";

  /** Questions about unseen pictures. */
  public static final String TEST = "test.json";

  /** Text-only dialogues, the file of the decoder's own stage. */
  public static final String DIALOGUES = "dialogues.json";

  /** Distinct open answers of {@link #TRAIN}, which one metric chooses from. */
  public static final String CANDIDATES = "train_open_answers.json";

  /** The first pictures of the training set with their texts, to look at. */
  public static final String CONTACT_SHEET = "contact_sheet.png";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String IMAGE_TAG = "<image>\n";
  private static final int DIALOGUE_ROUNDS = 3;
  private static final int SHEET_IMAGES = 24;

  private final Path directory;
  private final DatasetSizes sizes;
  private final long seed;
  private final PhantomSeeds seeds;

  private PhantomDataset(Path directory, DatasetSizes sizes, long seed) {
    this.directory = directory;
    this.sizes = sizes;
    this.seed = seed;
    this.seeds = PhantomSeeds.of(seed);
  }

  /**
   * Writes all files; those of the same names are replaced.
   *
   * @param directory created if need be
   * @param seed decides everything but the test
   */
  public static void write(Path directory, DatasetSizes sizes, long seed) throws IOException {
    PhantomDataset dataset = new PhantomDataset(directory, sizes, seed);
    Files.createDirectories(directory.resolve(IMAGES));
    dataset.writeTexts();
    dataset.writeImages();
    Files.write(
        directory.resolve(CONTACT_SHEET), ContactSheet.ofTraining(seed, SHEET_IMAGES, 4).png());
  }

  /** Returns an image that the vision tower learns from. */
  public static PhantomImage towerImage(long seed, int index) {
    long imageSeed = PhantomSeeds.of(seed).tower(index);
    return PhantomRenderer.render(PhantomSeeds.modality(index), imageSeed, IMAGE_SIZE);
  }

  /** Returns an image of the training set. */
  public static PhantomImage trainImage(long seed, int index, int size) {
    long imageSeed = PhantomSeeds.of(seed).image(index);
    return PhantomRenderer.render(PhantomSeeds.modality(index), imageSeed, size);
  }

  /** Returns an image of the test, which no training has seen. */
  public static PhantomImage testImage(int index, int size) {
    return PhantomRenderer.render(
        PhantomSeeds.modality(index), PhantomSeeds.testImage(index), size);
  }

  /** Returns the questions of the test about an image. */
  public static List<Question> testQuestions(int index, Phantom phantom, int most) {
    PhantomRandom random = begin(PhantomSeeds.testQuestions(index));
    List<Question> questions = Questions.about(phantom, Questions.EVERY_KIND, random);
    return questions.subList(0, Math.min(most, questions.size()));
  }

  /** Returns the questions of the training set about an image. */
  public static List<Question> trainQuestions(long seed, int index, int most) {
    PhantomSeeds seeds = PhantomSeeds.of(seed);
    Phantom phantom = PhantomSampler.draw(PhantomSeeds.modality(index), begin(seeds.image(index)));
    List<Question> all =
        Questions.about(phantom, Questions.MORE_SIDES, begin(seeds.questions(index)));
    return all.subList(0, Math.min(most, all.size()));
  }

  /** Writes the questions and pictures of the test alone. */
  public static void writeTest(Path directory, DatasetSizes sizes) throws IOException {
    PhantomDataset dataset = new PhantomDataset(directory, sizes, 0);
    Files.createDirectories(directory.resolve(IMAGES));
    JsonArrayFile.write(directory.resolve(TEST), dataset::testQuestions);
    dataset.writeImages(sizes.testImages(), "test", index -> testImage(index, IMAGE_SIZE));
  }

  private static PhantomRandom begin(long seed) {
    PhantomRandom random = new PhantomRandom(seed);
    random.next();
    return random;
  }

  private void writeTexts() throws IOException {
    JsonArrayFile.write(directory.resolve(DIALOGUES), this::dialogues);
    JsonArrayFile.write(directory.resolve(ALIGNMENT), this::captions);
    JsonArrayFile.write(directory.resolve(INSTRUCT), this::instructions);
    JsonArrayFile.write(directory.resolve(TRAIN), this::trainQuestions);
    JsonArrayFile.write(directory.resolve(TEST), this::testQuestions);
    writeCandidates();
  }

  private Phantom phantom(int index) {
    return PhantomSampler.draw(PhantomSeeds.modality(index), begin(seeds.image(index)));
  }

  private static Phantom testPhantom(int index) {
    return PhantomSampler.draw(PhantomSeeds.modality(index), begin(PhantomSeeds.testImage(index)));
  }

  private void dialogues(JsonArrayFile file) throws IOException {
    for (int i = 0; i < sizes.dialogues(); i++) {
      ObjectNode entry = JSON.createObjectNode().put("id", "dialogue_" + i);
      ArrayNode turns = entry.putArray("conversations");
      TrainingTexts.dialogue(seed, i).forEach(r -> round(turns, r.question(), r.answer()));
      file.add(entry);
    }
  }

  private void captions(JsonArrayFile file) throws IOException {
    for (int i = 0; i < sizes.trainImages(); i++) {
      PhantomRandom random = begin(seeds.caption(i));
      ObjectNode entry = imageEntry("train", i).put("domain", phantom(i).modality().shortName());
      // The key is misspelled in the published alignment data.
      ArrayNode turns = entry.putArray("conversatons");
      String instruction = IMAGE_TAG + random.pick(Captions.INSTRUCTIONS);
      round(turns, instruction, Captions.caption(phantom(i), random));
      file.add(entry);
    }
  }

  private void instructions(JsonArrayFile file) throws IOException {
    for (int i = 0; i < sizes.trainImages(); i++) {
      PhantomRandom random = begin(seeds.instruction(i));
      ObjectNode entry = imageEntry("train", i).put("domain", phantom(i).modality().shortName());
      ArrayNode turns = entry.putArray("conversations");
      List<Question> questions = Questions.about(phantom(i), Questions.MORE_SIDES, random);
      for (int k = 0; k < DIALOGUE_ROUNDS; k++) {
        Question question = questions.get(k);
        round(turns, (k == 0 ? IMAGE_TAG : "") + question.text(), question.sentence());
      }
      file.add(entry);
    }
  }

  private void trainQuestions(JsonArrayFile file) throws IOException {
    for (int i = 0; i < sizes.trainImages(); i++) {
      for (Question question : questions(i)) {
        file.add(questionEntry("train", i, file.size(), question));
      }
    }
  }

  private List<Question> questions(int index) {
    return trainQuestions(seed, index, sizes.questionsPerImage());
  }

  private void testQuestions(JsonArrayFile file) throws IOException {
    for (int i = 0; i < sizes.testImages(); i++) {
      for (Question question : testQuestions(i, testPhantom(i), sizes.questionsPerTestImage())) {
        file.add(questionEntry("test", i, file.size(), question));
      }
    }
  }

  private void writeCandidates() throws IOException {
    TreeSet<String> answers = new TreeSet<>();
    for (int i = 0; i < sizes.trainImages(); i++) {
      for (Question question : questions(i)) {
        if (!question.kind().isClosed()) {
          answers.add(question.answer());
        }
      }
    }
    ObjectNode file = JSON.createObjectNode();
    answers.forEach(file.putArray("0")::add);
    JSON.writeValue(directory.resolve(CANDIDATES).toFile(), file);
  }

  /** Returns where a picture is, below the folder of pictures. */
  static String imageName(String split, int index) {
    return String.format(Locale.ROOT, "%s_%05d.png", split, index);
  }

  private static ObjectNode imageEntry(String split, int index) {
    return JSON.createObjectNode()
        .put("id", split + "_" + index)
        .put("image", imageName(split, index));
  }

  private static ObjectNode questionEntry(String split, int image, int number, Question question) {
    ObjectNode entry =
        JSON.createObjectNode()
            .put("id", number)
            .put("image", imageName(split, image))
            .put("answer_type", question.kind().isClosed() ? "CLOSED" : "OPEN")
            .put("question_type", question.kind().label());
    round(entry.putArray("conversations"), IMAGE_TAG + question.text(), question.answer());
    return entry;
  }

  private static void round(ArrayNode turns, String question, String answer) {
    turns.addObject().put("from", "human").put("value", question);
    turns.addObject().put("from", "gpt").put("value", answer);
  }

  private void writeImages() throws IOException {
    writeImages(sizes.trainImages(), "train", index -> trainImage(seed, index, IMAGE_SIZE));
    writeImages(sizes.testImages(), "test", index -> testImage(index, IMAGE_SIZE));
  }

  private interface Pictures {
    PhantomImage get(int index);
  }

  private void writeImages(int count, String split, Pictures pictures) throws IOException {
    Path folder = directory.resolve(IMAGES);
    try {
      IntStream.range(0, count)
          .parallel()
          .forEach(
              index -> {
                try {
                  Files.write(folder.resolve(imageName(split, index)), pictures.get(index).png());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
