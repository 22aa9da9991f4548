package io.github.llavamed.eval.generation;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.text.LibraryVersions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the answers of a file were made: settings, hashes, and each time the run was started.
 *
 * <p>Kept in {@code ANSWERS.run.json} beside the answers file, whose own lines are the original's,
 * and stated by score files. A run that goes on after an interruption keeps the first record, adds
 * a session, and is refused if anything differs. Immutable.
 *
 * @param settings generation settings by name
 * @param hashes SHA-256 by name: {@code questions}, {@code model}, {@code vision_tower}
 * @param sessions in the order of their start; of merged chunks, chunk by chunk
 */
public record RunRecord(
    Map<String, String> settings, Map<String, String> hashes, List<RunSession> sessions) {
  /** Nothing is known. */
  public static final RunRecord NONE = new RunRecord(Map.of(), Map.of(), List.of());

  /** How many answers were there already, from a run that left no record. */
  private static final String UNRECORDED = "answers_without_record";

  /** Copies the collections. */
  public RunRecord {
    settings = Map.copyOf(settings);
    hashes = Map.copyOf(hashes);
    sessions = List.copyOf(sessions);
  }

  /** Returns the record of a run that has not begun. */
  static RunRecord of(AnswerRecipe recipe, String modelId, String questionsHash) {
    GenerationSettings chosen = recipe.settings();
    Map<String, String> settings = new TreeMap<>();
    settings.put("model", modelId);
    settings.put("program", recipe.program().name());
    settings.put("release", recipe.release().name());
    settings.put("template", recipe.templateName());
    settings.put("quirks", recipe.quirks().toString());
    settings.put("answer_prompter", Boolean.toString(recipe.answerPrompter()));
    settings.put("temperature", Double.toString(chosen.temperature()));
    settings.put("top_p", String.valueOf(chosen.topP()));
    settings.put("num_beams", Integer.toString(chosen.numBeams()));
    settings.put("max_new_tokens", Integer.toString(chosen.maxNewTokens()));
    settings.put("seed", Long.toString(chosen.seed()));
    return new RunRecord(settings, Map.of("questions", questionsHash), List.of());
  }

  /** Returns a copy that knows the model and begins now. */
  RunRecord begun(ModelFacts facts, Instant date) {
    Map<String, String> versions = LibraryVersions.all();
    versions.putAll(facts.versions());
    return new RunRecord(
        joined(settings, facts.settings()),
        joined(hashes, facts.hashes()),
        List.of(new RunSession(date, versions)));
  }

  /** Returns a copy that says how many answers have no record. */
  RunRecord withUnrecorded(int answers) {
    return new RunRecord(
        joined(settings, Map.of(UNRECORDED, Integer.toString(answers))), hashes, sessions);
  }

  /** Returns this record with another one's sessions after its own. */
  RunRecord followedBy(RunRecord later) {
    return new RunRecord(
        settings, hashes, Stream.concat(sessions.stream(), later.sessions.stream()).toList());
  }

  /**
   * Checks that another run would make the same answers, as far as it is known yet.
   *
   * @param where names this record's file
   * @throws EvaluationException naming everything that differs
   */
  void requireSame(RunRecord other, String where) {
    List<String> differences = new ArrayList<>();
    differ(settings, other.settings, "", differences);
    differ(hashes, other.hashes, "SHA-256 of ", differences);
    if (!differences.isEmpty()) {
      throw new EvaluationException(
          where
              + ": expected a run like the one that made these answers, found "
              + String.join(", ", differences)
              + "; give the same options, name another answers file, or overwrite this one");
    }
  }

  private static void differ(
      Map<String, String> mine, Map<String, String> others, String what, List<String> found) {
    for (Map.Entry<String, String> other : new TreeMap<>(others).entrySet()) {
      String own = mine.get(other.getKey());
      if (!other.getValue().equals(own) && !other.getKey().equals(UNRECORDED)) {
        found.add(what + other.getKey() + " " + other.getValue() + " instead of " + own);
      }
    }
  }

  /** Returns versions by name; where sessions differ, all of them. */
  public Map<String, String> versions() {
    Map<String, String> all = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    sessions.forEach(session -> names.addAll(session.versions().keySet()));
    for (String name : names) {
      all.put(
          name,
          sessions.stream()
              .map(session -> session.versions().getOrDefault(name, "unknown"))
              .distinct()
              .collect(Collectors.joining(", ")));
    }
    return all;
  }

  private static Map<String, String> joined(Map<String, String> first, Map<String, String> second) {
    Map<String, String> all = new TreeMap<>(first);
    all.putAll(second);
    return all;
  }

  /** Returns the place of an answers file's record. */
  public static Path fileOf(Path answers) {
    return answers.resolveSibling(answers.getFileName() + ".run.json");
  }

  /** Writes the record beside an answers file, whole or not at all. */
  public void write(Path answers) throws IOException {
    RunRecordFile.write(this, fileOf(answers));
  }

  /**
   * Reads the record of an answers file; {@link #NONE} where there is none.
   *
   * @throws EvaluationException if the record is not one
   */
  public static RunRecord read(Path answers, EvaluationOptions options) throws IOException {
    return RunRecordFile.read(fileOf(answers), options);
  }
}
