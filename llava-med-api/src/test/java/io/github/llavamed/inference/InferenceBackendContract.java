package io.github.llavamed.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.ReferenceModel;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import io.github.llavamed.testing.TensorAssert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every inference backend must do, shown on a tiny random model against {@link
 * ReferenceModel}. Extend it per provider and override what differs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class InferenceBackendContract {
  private static final long SEED = 20261124;
  private static final int CAPACITY = 64;

  private SyntheticModel model;
  private ReferenceModel reference;
  private InferenceBackend backend;
  private PixelValues image;
  private ImageFeatures features;

  /** Returns the provider under test. */
  protected abstract InferenceBackendProvider provider();

  /** Returns the options under test, with this directory for files the backend makes. */
  protected BackendOptions options(Path cacheDirectory) {
    return new BackendOptions(null, null, null, cacheDirectory);
  }

  /** Returns how far features and logits may lie from the reference. */
  protected double tolerance() {
    return 1e-4;
  }

  /** Returns the name of the library that computes, or null if there is none to name. */
  protected @Nullable String runtimeName() {
    return null;
  }

  /** Returns whether the backend implements {@link InferenceBackend#trace}. */
  protected boolean supportsTrace() {
    return true;
  }

  @BeforeAll
  void openBackend(@TempDir Path directory) {
    LlavaConfig config = SyntheticConfig.create().build();
    model = SyntheticModel.of(config, SEED);
    reference = ReferenceModel.of(model);
    backend = create(directory);
    image = model.image(1);
    features = backend.encode(image);
  }

  @AfterAll
  void closeBackend() {
    if (backend != null) {
      backend.close();
    }
  }

  private InferenceBackend create(Path directory) {
    return provider().create(model.artifacts(directory), options(directory));
  }

  private static List<InputSegment> tokens(int... ids) {
    return List.of(TokenSegment.of(ids));
  }

  private List<InputSegment> promptWithImage() {
    return List.of(
        TokenSegment.of(1, 17, 42),
        new ImageSegment(0, 0, features.rows()),
        TokenSegment.of(5, 96, 0, 33));
  }

  private float[] expectedLogits(List<InputSegment> segments, PixelValues... images) {
    double[][] logits = reference.logits(segments, List.of(images));
    return ReferenceModel.flatten(new double[][] {logits[logits.length - 1]});
  }

  private float[] logits(List<InputSegment> segments, ImageFeatures... images) {
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      return session.append(segments, List.of(images));
    }
  }

  private void assertClose(String what, float[] actual, float[] expected) {
    TensorAssert.isCloseTo(what, actual, expected, tolerance(), 0);
  }

  @Test
  void providerStatesItsNameAndVersion() {
    assertThat(provider().id()).isNotBlank().isEqualTo(backend.id());
    assertThat(provider().spiVersion()).isEqualTo(InferenceBackendProvider.SPI_VERSION);
    assertThat(provider().probe().available()).isTrue();
    assertThat(provider().probe().detail()).isNotBlank();
  }

  @Test
  void weightsAreWhereTheyAreAskedToBeOrRefusedByName(@TempDir Path directory) {
    for (WeightPlacement placement : WeightPlacement.values()) {
      BackendOptions options = options(directory).withWeightPlacement(placement);
      try (InferenceBackend asked = provider().create(model.artifacts(directory), options)) {
        assertThat(asked.weightPlacement()).contains(placement);
      } catch (LlavaMedException e) {
        assertThat(e).hasMessageContaining("weights '" + placement.id() + "'");
        assertThat(backend.weightPlacement()).isEmpty();
      }
    }
  }

  @Test
  void backendNamesTheLibraryThatComputes() {
    assertThat(backend.runtime().map(BackendRuntime::name))
        .isEqualTo(Optional.ofNullable(runtimeName()));
    backend.runtime().ifPresent(runtime -> assertThat(runtime.version()).matches("\\d+\\.\\d+.*"));
  }

  @Test
  void encodesImageLikeReference() {
    float[] expected = ReferenceModel.flatten(reference.project(reference.imageFeatures(image)));

    assertThat(features.rows()).isEqualTo(model.config().imageFeatureCount());
    assertThat(features.hiddenSize()).isEqualTo(model.config().languageModel().hiddenSize());
    assertClose("features", features.values(), expected);
  }

  @Test
  void answersTextLikeReference() {
    List<InputSegment> prompt = tokens(1, 9, 80, 80, 3, 64);

    assertClose("logits", logits(prompt), expectedLogits(prompt));
  }

  @Test
  void answersImagePromptLikeReference() {
    List<InputSegment> prompt = promptWithImage();

    assertClose("logits", logits(prompt, features), expectedLogits(prompt, image));
  }

  @Test
  void seesTheImage() {
    PixelValues red = plain(1.5f, -1.5f, -1.5f);
    PixelValues blue = plain(-1.5f, -1.5f, 1.5f);
    List<InputSegment> prompt = promptWithImage();

    float[] seenRed = logits(prompt, backend.encode(red));
    float[] seenBlue = logits(prompt, backend.encode(blue));

    assertClose("red", seenRed, expectedLogits(prompt, red));
    assertClose("blue", seenBlue, expectedLogits(prompt, blue));
    assertThat(largestDifference(seenRed, seenBlue)).isGreaterThan(0.1);
  }

  private PixelValues plain(float... channels) {
    float[] values = new float[image.values().length];
    int plane = values.length / channels.length;
    for (int c = 0; c < channels.length; c++) {
      Arrays.fill(values, c * plane, (c + 1) * plane, channels[c]);
    }
    return new PixelValues(values, 3, image.height(), image.width());
  }

  private static double largestDifference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  @Test
  void usesTheRowsAndImagesThatSegmentsName() {
    PixelValues other = model.image(2);
    List<InputSegment> prompt =
        List.of(new ImageSegment(1, 1, 2), TokenSegment.of(4), new ImageSegment(0, 0, 3));

    assertClose(
        "logits",
        logits(prompt, features, backend.encode(other)),
        expectedLogits(prompt, image, other));
  }

  @Test
  void extendsTheCacheStepByStep() {
    List<InputSegment> whole = tokens(1, 9, 80, 7, 3, 64);

    try (DecoderSession session = backend.openSession(CAPACITY)) {
      session.append(tokens(1, 9, 80), List.of());
      assertThat(session.length()).isEqualTo(3);
      session.append(tokens(7), List.of());
      float[] last = session.append(tokens(3, 64), List.of());

      assertThat(session.length()).isEqualTo(6);
      assertClose("cached", last, expectedLogits(whole));
    }
  }

  @Test
  void forgetsWhatIsTruncated() {
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      session.append(tokens(1, 9, 80, 7, 3, 64), List.of());
      session.truncate(2);
      assertThat(session.length()).isEqualTo(2);
      float[] logits = session.append(tokens(50, 51), List.of());
      assertClose("truncated", logits, expectedLogits(tokens(1, 9, 50, 51)));

      session.truncate(0);
      assertClose("emptied", session.append(tokens(8, 2), List.of()), expectedLogits(tokens(8, 2)));
    }
  }

  @Test
  void rejectsTruncationOutsideTheCache() {
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      session.append(tokens(1, 9), List.of());

      assertThatThrownBy(() -> session.truncate(3)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void forksIntoIndependentSessions() {
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      session.append(tokens(1, 9, 80), List.of());
      try (DecoderSession fork = session.fork()) {
        float[] forked = fork.append(tokens(11, 12), List.of());
        float[] original = session.append(tokens(21), List.of());

        assertThat(fork.length()).isEqualTo(5);
        assertThat(fork.capacity()).isEqualTo(session.capacity());
        assertClose("fork", forked, expectedLogits(tokens(1, 9, 80, 11, 12)));
        assertClose("original", original, expectedLogits(tokens(1, 9, 80, 21)));
      }
      float[] afterwards = session.append(tokens(22), List.of());
      assertClose("afterwards", afterwards, expectedLogits(tokens(1, 9, 80, 21, 22)));
    }
  }

  @Test
  void forkOutlivesItsOrigin() {
    DecoderSession session = backend.openSession(CAPACITY);
    session.append(tokens(1, 9, 80), List.of());
    try (DecoderSession fork = session.fork()) {
      session.close();
      // Whoever takes over the closed session's memory must not disturb the fork.
      logits(tokens(90, 91, 92, 93));

      assertClose("fork", fork.append(tokens(7), List.of()), expectedLogits(tokens(1, 9, 80, 7)));
    }
  }

  @Test
  void refusesMoreThanTheCapacityAndStaysUsable() {
    try (DecoderSession session = backend.openSession(4)) {
      assertThat(session.capacity()).isEqualTo(4);
      session.append(tokens(1, 9), List.of());

      assertThatThrownBy(() -> session.append(tokens(80, 7, 3), List.of()))
          .isInstanceOf(ContextLengthExceededException.class);

      assertThat(session.length()).isEqualTo(2);
      assertClose(
          "full", session.append(tokens(80, 7), List.of()), expectedLogits(tokens(1, 9, 80, 7)));
      assertThatThrownBy(() -> session.append(tokens(1), List.of()))
          .isInstanceOf(ContextLengthExceededException.class);
    }
  }

  @Test
  void refusesSegmentsThatMakeNoSense() {
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      session.append(tokens(1), List.of());
      int vocabSize = model.config().languageModel().vocabSize();
      List<List<InputSegment>> bad =
          List.of(
              List.of(),
              tokens(),
              tokens(3, vocabSize),
              tokens(-200),
              List.of(new ImageSegment(1, 0, 1)),
              List.of(new ImageSegment(-1, 0, 1)),
              List.of(new ImageSegment(0, 0, features.rows() + 1)),
              List.of(new ImageSegment(0, -1, 1)),
              List.of(new ImageSegment(0, features.rows(), 1)));

      for (List<InputSegment> segments : bad) {
        assertThatThrownBy(() -> session.append(segments, List.of(features)))
            .as("%s", segments)
            .isInstanceOf(IllegalArgumentException.class);
        assertThat(session.length()).isEqualTo(1);
      }
      assertClose("after", session.append(tokens(9), List.of()), expectedLogits(tokens(1, 9)));
    }
  }

  @Test
  void refusesFeaturesOfAnotherWidth() {
    ImageFeatures narrow = new ImageFeatures(new float[6], 2, 3);
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      assertThatThrownBy(() -> session.append(List.of(new ImageSegment(0, 0, 2)), List.of(narrow)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesImagesOfAnotherSize() {
    PixelValues small = new PixelValues(new float[3 * 14 * 14], 3, 14, 14);

    assertThatThrownBy(() -> backend.encode(small)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesCapacitiesThatCannotBe() {
    int positions = model.config().languageModel().maxPositionEmbeddings();

    assertThatThrownBy(() -> backend.openSession(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> backend.openSession(positions + 1))
        .isInstanceOf(ContextLengthExceededException.class);
  }

  @Test
  void answersTheSameFromEightThreads() throws Exception {
    List<InputSegment> prompt = promptWithImage();
    float[] expected = expectedLogits(prompt, image);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        runs.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 5; i++) {
                    assertClose("logits", logits(prompt, backend.encode(image)), expected);
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closedSessionIsOfNoUse() {
    DecoderSession session = backend.openSession(CAPACITY);
    session.append(tokens(1), List.of());
    session.close();

    assertThatCode(session::close).doesNotThrowAnyException();
    assertThatThrownBy(() -> session.append(tokens(1), List.of()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(session::fork).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> session.truncate(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closedBackendIsOfNoUse(@TempDir Path directory) {
    InferenceBackend closed = create(directory);
    DecoderSession session = closed.openSession(CAPACITY);
    session.append(tokens(1), List.of());
    closed.close();

    assertThatCode(closed::close).doesNotThrowAnyException();
    assertThatThrownBy(() -> closed.encode(image)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.openSession(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> session.append(tokens(1), List.of()))
        .isInstanceOf(IllegalStateException.class);
    assertThatCode(session::close).doesNotThrowAnyException();
  }

  @Test
  void tracesEveryStage() {
    assumeThat(supportsTrace()).isTrue();
    List<InputSegment> prompt = promptWithImage();

    ForwardTrace trace = backend.trace(List.of(image), prompt);

    double[][] selected = reference.imageFeatures(image);
    double[][] embeds = reference.inputsEmbeds(prompt, List.of(image));
    assertMatrix("image features", trace.imageFeatures().get(0), selected);
    assertMatrix("projected", trace.projected().get(0), reference.project(selected));
    assertMatrix("embeddings", trace.inputsEmbeds(), embeds);
    assertMatrix("logits", trace.logits(), reference.logits(embeds));
  }

  private void assertMatrix(String what, ForwardTrace.Matrix actual, double[][] expected) {
    assertThat(actual.rows()).as("%s rows", what).isEqualTo(expected.length);
    assertThat(actual.columns()).as("%s columns", what).isEqualTo(expected[0].length);
    assertClose(what, actual.values(), ReferenceModel.flatten(expected));
  }

  @Test
  void logitsGoIntoAnArrayOfTheCallerAsIntoANewOne() {
    try (DecoderSession session = backend.openSession(CAPACITY);
        DecoderSession other = backend.openSession(CAPACITY)) {
      float[] logits = new float[session.append(tokens(1, 17), List.of()).length];
      other.append(tokens(1, 17), List.of());
      for (int id : new int[] {42, 5, 33}) {
        other.append(tokens(id), List.of(), logits);

        assertThat(logits).containsExactly(session.append(tokens(id), List.of()));
      }
      assertThat(other.length()).isEqualTo(session.length());
    }
  }

  @Test
  void logitsOfEarlierPositionsAreNotOverwritten() {
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      float[] first = session.append(tokens(1, 17), List.of());
      float[] copy = first.clone();
      session.append(tokens(42), List.of());

      assertThat(first).containsExactly(copy);
    }
  }

  @Test
  void aSessionThatTellsItsRuntimesTimeAddsItUp() {
    try (DecoderSession session = backend.openSession(CAPACITY)) {
      session.append(tokens(1, 17), List.of());
      OptionalLong first = session.runtimeNanos();
      session.append(tokens(42), List.of());

      if (first.isPresent()) {
        assertThat(first.getAsLong()).isPositive();
        assertThat(session.runtimeNanos().getAsLong()).isGreaterThan(first.getAsLong());
      } else {
        assertThat(session.runtimeNanos()).isEmpty();
      }
    }
  }

  /** Opens a session that holds a prompt of its own length. */
  private DecoderSession prompted(int number) {
    DecoderSession session = backend.openSession(CAPACITY);
    if (number == 0) {
      session.append(promptWithImage(), List.of(features));
    } else {
      session.append(tokens(IntStream.rangeClosed(1, 3 * number).toArray()), List.of());
    }
    return session;
  }

  @Test
  void sequencesOfABatchGetTheLogitsThatEachGetsAlone() {
    int count = 5;
    List<DecoderSession> alone = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      alone.add(prompted(i));
    }
    try (DecoderBatch batch = alone.get(0).openBatch(count, CAPACITY)) {
      assertThat(batch.slots()).isEqualTo(count);
      alone.forEach(batch::add);
      assertThat(batch.size()).isEqualTo(count);
      for (int step = 0; step < 4; step++) {
        assertSameStep(batch, alone, step);
      }
    } finally {
      alone.forEach(DecoderSession::close);
    }
  }

  private static void assertSameStep(DecoderBatch batch, List<DecoderSession> alone, int step) {
    int[] ids = IntStream.range(0, alone.size()).map(i -> (31 * i + 7 * step) % 97).toArray();
    float[][] together = batch.step(ids);
    for (int i = 0; i < ids.length; i++) {
      assertThat(together[i])
          .as("sequence %d at step %d", i, step)
          .isEqualTo(alone.get(i).append(tokens(ids[i]), List.of()));
    }
  }

  @Test
  void sequencesOfABatchLeaveAndAreContinuedSeveralTimes() {
    List<DecoderSession> sessions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      sessions.add(prompted(i));
    }
    List<DecoderSession> alone = new ArrayList<>(sessions);
    try (DecoderBatch batch = sessions.get(0).openBatch(6, CAPACITY)) {
      sessions.forEach(batch::add);
      int step = 0;
      for (int[] parents :
          List.of(
              new int[] {3, 1, 2, 0},
              new int[] {0, 0, 3, 3, 3, 1},
              new int[] {5, 4, 2},
              new int[] {2},
              new int[] {0, 0})) {
        batch.continueFrom(parents);
        List<DecoderSession> next = new ArrayList<>();
        for (int parent : parents) {
          DecoderSession copy = alone.get(parent).fork();
          sessions.add(copy);
          next.add(copy);
        }
        alone = next;
        assertThat(batch.size()).isEqualTo(parents.length);
        assertSameStep(batch, alone, step++);
      }
      batch.continueFrom();
      assertThat(batch.size()).isZero();
      batch.add(alone.get(0));
      assertSameStep(batch, alone.subList(0, 1), step);
    } finally {
      sessions.forEach(DecoderSession::close);
    }
  }

  @Test
  void aBatchRefusesWhatItCannotDo() {
    try (DecoderSession session = prompted(1);
        DecoderSession empty = backend.openSession(CAPACITY)) {
      DecoderBatch batch = session.openBatch(2, CAPACITY);
      assertThatThrownBy(() -> batch.add(empty)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(batch::step).isInstanceOf(IllegalArgumentException.class);
      batch.add(session);
      batch.add(session);
      assertThatThrownBy(() -> batch.add(session)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> batch.step(1)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> batch.continueFrom(0, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> batch.continueFrom(0, 0, 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> batch.step(1, 97)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.openBatch(0, CAPACITY))
          .isInstanceOf(IllegalArgumentException.class);
      batch.close();
      assertThatCode(batch::close).doesNotThrowAnyException();
      assertThatThrownBy(() -> batch.step(1, 2)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> batch.add(session)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(batch::continueFrom).isInstanceOf(IllegalStateException.class);
      assertThat(session.length()).isEqualTo(3);
    }
  }

  @Test
  void aFullSequenceLeavesItsBatchAsItWas() {
    try (DecoderSession shorter = backend.openSession(4);
        DecoderSession longer = backend.openSession(4)) {
      shorter.append(tokens(1), List.of());
      longer.append(tokens(1, 17, 42), List.of());
      try (DecoderBatch batch = shorter.openBatch(2, 4)) {
        batch.add(longer);
        batch.add(shorter);
        batch.step(5, 5);
        assertThatThrownBy(() -> batch.step(6, 6))
            .isInstanceOf(ContextLengthExceededException.class);
        batch.continueFrom(1);
        float[] logits = batch.step(6)[0];
        shorter.append(tokens(5), List.of());
        assertThat(logits).isEqualTo(shorter.append(tokens(6), List.of()));
      }
    }
  }

  @Test
  void aBatchOfAClosedBackendCanOnlyBeClosed(@TempDir Path directory) {
    InferenceBackend closed = create(directory);
    DecoderSession session = closed.openSession(CAPACITY);
    session.append(tokens(1), List.of());
    DecoderBatch batch = session.openBatch(2, CAPACITY);
    batch.add(session);
    closed.close();

    assertThatThrownBy(() -> batch.step(1)).isInstanceOf(IllegalStateException.class);
    assertThatCode(batch::close).doesNotThrowAnyException();
    assertThatCode(session::close).doesNotThrowAnyException();
  }
}
