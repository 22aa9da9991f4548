package io.github.llavamed.eval.generation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.batch.Chunks;
import io.github.llavamed.eval.internal.data.AppendLog;
import io.github.llavamed.eval.internal.data.SampleIds;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.text.Sha256;
import io.github.llavamed.eval.internal.text.ShortIds;
import io.github.llavamed.image.ImageInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a file of questions and appends each answer to a JSON lines file at once.
 *
 * <p>Answers stand in the order of the questions. A run that was interrupted goes on after the last
 * whole line; a finished one asks the model nothing. How the answers are made is recorded beside
 * them, see {@link RunRecord}; a run that would make them otherwise is refused. Immutable; safe for
 * concurrent use with different answers files if the model is.
 */
public final class AnswerGeneration {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerGeneration.class);

  /** Questions that the model is handed at once, so that it can answer several in step. */
  private static final int AT_ONCE = 256;

  private final QuestionAnswerer model;
  private final AnswerRecipe recipe;
  private final String modelId;
  private final EvaluationOptions options;
  private final RandomGenerator random;
  private final AnswerListener listener;
  private final ModelFacts.Source facts;

  /** Returns a run with the default options that tells nobody of its progress. */
  public static AnswerGeneration of(QuestionAnswerer model, AnswerRecipe recipe, String modelId) {
    return new AnswerGeneration(
        model, recipe, modelId, EvaluationOptions.DEFAULT, new Random(), AnswerListener.NONE);
  }

  /**
   * Creates a run.
   *
   * @param modelId what the answers file names as the model
   * @param random source of the answers' identifiers, which mean nothing; thread-safe if chunks run
   *     side by side
   */
  public AnswerGeneration(
      QuestionAnswerer model,
      AnswerRecipe recipe,
      String modelId,
      EvaluationOptions options,
      RandomGenerator random,
      AnswerListener listener) {
    this(model, recipe, modelId, options, random, listener, () -> ModelFacts.NONE);
  }

  private AnswerGeneration(
      QuestionAnswerer model,
      AnswerRecipe recipe,
      String modelId,
      EvaluationOptions options,
      RandomGenerator random,
      AnswerListener listener,
      ModelFacts.Source facts) {
    this.facts = facts;
    this.model = model;
    this.recipe = recipe;
    this.modelId = modelId;
    this.options = options;
    this.random = random;
    this.listener = listener;
  }

  /**
   * Returns a copy whose record also states the model.
   *
   * @param source asked once a run, and only if there is something to answer
   */
  public AnswerGeneration withModelFacts(ModelFacts.Source source) {
    return new AnswerGeneration(model, recipe, modelId, options, random, listener, source);
  }

  /**
   * Answers the questions that have no answer yet.
   *
   * @return the number of answers that were made in this run
   * @throws EvaluationException if a question is not what it should be, an image is missing, or the
   *     answers file holds answers to other questions, of another model or made in another way
   * @throws IOException if a file cannot be read or written
   */
  public int run(AnswerFiles files) throws IOException {
    List<AnswerTask> all = AnswerTasks.read(files.questions(), recipe, options);
    List<AnswerTask> tasks = Chunks.chunk(all, files.numChunks(), files.chunkIndex());
    int firstNumber = files.chunkIndex() * ((all.size() - 1) / files.numChunks() + 1);
    if (recipe.program().readsConversations()) {
      // The original makes this folder, and puts nothing there.
      Files.createDirectories(files.answers().toAbsolutePath().resolveSibling("images"));
    }
    try (AppendLog log = AppendLog.open(files.answers(), files.overwrite(), options)) {
      int done = requireSameRun(log, tasks);
      requireImages(tasks.subList(done, tasks.size()), files.images());
      listener.onProgress(done, tasks.size());
      if (done < tasks.size()) {
        recordRun(files, done);
      }
      new Pass(tasks, firstNumber, files.images(), log).run(done);
      return tasks.size() - done;
    }
  }

  /** What is cheap to know is compared before the model is loaded. */
  private void recordRun(AnswerFiles files, int done) throws IOException {
    Path answers = files.answers();
    RunRecord run = RunRecord.of(recipe, modelId, Sha256.of(files.questions()));
    RunRecord earlier = done == 0 ? RunRecord.NONE : RunRecord.read(answers, options);
    if (!earlier.equals(RunRecord.NONE)) {
      String where = RunRecord.fileOf(answers).toString();
      earlier.requireSame(run, where);
      RunRecord begun = run.begun(facts.facts(), Instant.now());
      earlier.requireSame(begun, where);
      earlier.followedBy(begun).write(answers);
      return;
    }
    if (done > 0) {
      LOG.warn("{}: {} answers without a record of how they were made are kept", answers, done);
      run = run.withUnrecorded(done);
    }
    run.begun(facts.facts(), Instant.now()).write(answers);
  }

  private int requireSameRun(AppendLog log, List<AnswerTask> tasks) {
    List<JsonFiles.Line> lines = log.lines();
    for (int i = 0; i < lines.size(); i++) {
      JsonFiles.Line line = lines.get(i);
      ObjectNode wanted = i < tasks.size() ? record(tasks.get(i), "", "") : null;
      for (String key : List.of("question_id", "prompt", "model_id")) {
        String expected = wanted == null ? "no line" : String.valueOf(wanted.get(key));
        String found = String.valueOf(line.value().get(key));
        if (!expected.equals(found)) {
          throw new EvaluationException(
              line.where()
                  + ": expected the "
                  + key
                  + " "
                  + expected
                  + " of this run, found "
                  + found
                  + "; name another answers file, or overwrite this one");
        }
      }
      JsonFields.text(line.value(), "text", line.where());
    }
    return lines.size();
  }

  private static void requireImages(List<AnswerTask> tasks, Path folder) {
    for (AnswerTask task : tasks) {
      String image = task.image();
      if (image != null && !Files.isRegularFile(folder.resolve(image))) {
        throw new EvaluationException(
            task.where()
                + ": expected the image of question "
                + task.id()
                + " at '"
                + folder.resolve(image)
                + "', found no file; check the image folder");
      }
    }
  }

  private ObjectNode record(AnswerTask task, String text, String answerId) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.set("question_id", SampleIds.json(task.id()));
    if (recipe.program() != AnswerProgram.MODEL_QA) {
      line.put("prompt", task.recorded());
    }
    line.put("text", text);
    line.put("answer_id", answerId);
    line.put("model_id", modelId);
    line.putObject("metadata");
    return line;
  }

  /** One way through the questions; holds answers that were made before their turn. */
  private final class Pass {
    private final List<AnswerTask> tasks;
    private final int firstNumber;
    private final Path images;
    private final AppendLog log;
    private final Map<Integer, String> waiting = new HashMap<>();
    private int written;

    Pass(List<AnswerTask> tasks, int firstNumber, Path images, AppendLog log) {
      this.tasks = tasks;
      this.firstNumber = firstNumber;
      this.images = images;
      this.log = log;
    }

    void run(int done) throws IOException {
      written = done;
      while (written < tasks.size()) {
        List<List<Integer>> groups =
            sameImage(written, (int) Math.min(tasks.size(), written + (long) AT_ONCE));
        if (!recipe.answerPrompter()) {
          answer(groups.stream().flatMap(List::stream).toList());
        } else {
          for (List<Integer> group : groups) {
            answerTwice(group);
          }
        }
      }
    }

    /** Positions of a range by image, as far as the model looks ahead. */
    private List<List<Integer>> sameImage(int from, int to) {
      List<List<Integer>> groups = new ArrayList<>();
      BitSet taken = new BitSet();
      for (int first = from; first < to; first = taken.nextClearBit(first + 1)) {
        List<Integer> group = new ArrayList<>(List.of(first));
        String image = tasks.get(first).image();
        int end = (int) Math.min(to, first + 1L + model.lookAhead());
        for (int i = taken.nextClearBit(first + 1); i < end; i = taken.nextClearBit(i + 1)) {
          if (image != null && image.equals(tasks.get(i).image())) {
            group.add(i);
            taken.set(i);
          }
        }
        groups.add(group);
      }
      return groups;
    }

    private void answer(List<Integer> positions) throws IOException {
      List<PromptRequest> requests = requests(positions);
      model.answerAll(
          requests, (i, text) -> finish(positions.get(i), recipe.answer(requests.get(i), text)));
    }

    private void answerTwice(List<Integer> positions) throws IOException {
      List<PromptRequest> requests = requests(positions);
      List<String> answers = new ArrayList<>();
      model.answerAll(requests, (i, text) -> answers.add(recipe.answer(requests.get(i), text)));
      List<PromptRequest> second = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        second.add(recipe.secondRequest(requests.get(i), answers.get(i)));
      }
      model.answerAll(
          second, (i, text) -> finish(positions.get(i), recipe.combined(answers.get(i), text)));
    }

    private List<PromptRequest> requests(List<Integer> positions) throws IOException {
      Map<String, ImageInput> inputs = new HashMap<>();
      List<PromptRequest> requests = new ArrayList<>();
      for (int position : positions) {
        AnswerTask task = tasks.get(position);
        String name = task.image();
        ImageInput image =
            name == null
                ? null
                : inputs.computeIfAbsent(name, file -> ImageInput.of(images.resolve(file)));
        requests.add(recipe.request(task, model.traits(), firstNumber + position).withImage(image));
      }
      return requests;
    }

    private void finish(int position, String text) throws IOException {
      waiting.put(position, text);
      for (String next = waiting.remove(written); next != null; next = waiting.remove(written)) {
        log.append(record(tasks.get(written), next, ShortIds.next(random)));
        written++;
        listener.onProgress(written, tasks.size());
      }
    }
  }
}
