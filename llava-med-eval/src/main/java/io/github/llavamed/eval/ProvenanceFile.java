package io.github.llavamed.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.internal.data.ProvenanceJson;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.text.LibraryVersions;
import io.github.llavamed.eval.internal.text.Sha256;
import io.github.llavamed.eval.internal.text.WholeFile;
import io.github.llavamed.metric.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps the provenance of a file whose own format, the original's, has no room for it.
 *
 * <p>It stands beside the file, in {@code FILE.provenance.json}: one object for the whole file, or
 * an array with one object a line. Thread-safe.
 */
public final class ProvenanceFile {
  private ProvenanceFile() {}

  /** Returns the place of a file's provenance. */
  public static Path of(Path file) {
    return file.resolveSibling(file.getFileName() + ".provenance.json");
  }

  /** Writes the provenance of a whole file. */
  public static void write(Path file, Provenance provenance) throws IOException {
    WholeFile.write(of(file), PythonJson.indented(ProvenanceJson.tree(provenance)) + "\n");
  }

  /** Writes the provenance of every line of a file, in their order. */
  public static void writeLines(Path file, List<Provenance> lines) throws IOException {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    lines.forEach(line -> array.add(ProvenanceJson.tree(line)));
    WholeFile.write(of(file), PythonJson.indented(array) + "\n");
  }

  /**
   * Reads the provenance of a file; empty if none stands beside it.
   *
   * @throws EvaluationException if what stands there is not provenance
   */
  public static List<Provenance> read(Path file, EvaluationOptions options) throws IOException {
    Path beside = of(file);
    List<Provenance> found = new ArrayList<>();
    if (Files.exists(beside)) {
      JsonNode json = new JsonFiles(options).tree(beside);
      for (JsonNode item : json.isArray() ? json : List.of(json)) {
        found.add(ProvenanceJson.parse(item, beside.toString()));
      }
    }
    return found;
  }

  /**
   * Says where a result comes from that was computed from files, now.
   *
   * <p>Every file is named by its hash; one with the record of a run beside it also brings the
   * settings, hashes and versions of that run.
   *
   * @param protocol name of the rules
   * @param version version of the rules
   * @param dataset name of the data
   * @param settings everything else that was chosen
   * @param inputs files by name; settings of the run behind {@code answers} are called {@code
   *     generation.…}, of another file {@code NAME.generation.…}
   */
  public static Provenance describe(
      String protocol,
      String version,
      String dataset,
      Map<String, String> settings,
      Map<String, Path> inputs,
      EvaluationOptions options)
      throws IOException {
    Map<String, String> allSettings = new TreeMap<>(settings);
    Map<String, String> hashes = new TreeMap<>();
    Map<String, String> versions = LibraryVersions.all();
    versions.put("protocol", version);
    for (Map.Entry<String, Path> input : inputs.entrySet()) {
      hashes.put(input.getKey(), Sha256.of(input.getValue()));
      RunRecord made = RunRecord.read(input.getValue(), options);
      String prefix = input.getKey().equals("answers") ? "" : input.getKey() + ".";
      addRun(made, prefix, allSettings, hashes, versions);
    }
    return new Provenance(protocol, dataset, allSettings, hashes, versions, Instant.now());
  }

  /** Adds how answers were made, each name with a prefix. */
  static void addRun(
      RunRecord made,
      String prefix,
      Map<String, String> settings,
      Map<String, String> hashes,
      Map<String, String> versions) {
    String generation = prefix + "generation.";
    made.settings().forEach((name, value) -> settings.put(generation + name, value));
    made.versions().forEach((name, value) -> versions.put(generation + name, value));
    made.hashes()
        .forEach(
            (name, hash) ->
                hashes.put(name.equals("questions") ? generation + name : prefix + name, hash));
    if (!made.sessions().isEmpty()) {
      String first = made.sessions().get(0).date().toString();
      String last = made.sessions().get(made.sessions().size() - 1).date().toString();
      settings.put(generation + "date", first.equals(last) ? first : first + " to " + last);
    }
  }
}
