package io.github.llavamed.eval.judge;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.ProvenanceFile;
import io.github.llavamed.metric.Provenance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * States beside the output of a judge how it comes about, before the first request is sent.
 *
 * @param protocol name of the program
 * @param settings what was chosen: the judge's model, its settings
 * @param inputs files by name
 */
record JudgeRecord(String protocol, Map<String, String> settings, Map<String, Path> inputs) {
  private static final Logger LOG = LoggerFactory.getLogger(JudgeRecord.class);
  private static final String VERSION = "1";
  private static final String JUDGE = "judge.";
  private static final String RESUMED = "resumed";
  private static final String UNRECORDED = "verdicts_without_record";

  /**
   * Writes the record of an output.
   *
   * @param kept results in the output that are kept; what is recorded of them must agree
   * @throws EvaluationException if they are the work of another judge
   */
  void write(Path output, int kept, EvaluationOptions options) throws IOException {
    Provenance now = describe(options);
    Map<String, String> all = new TreeMap<>(now.settings());
    List<Provenance> earlier = kept == 0 ? List.of() : ProvenanceFile.read(output, options);
    if (earlier.isEmpty()) {
      if (kept > 0) {
        LOG.warn("{}: {} results without a record of their judge are kept", output, kept);
        all.put(UNRECORDED, Integer.toString(kept));
      }
      ProvenanceFile.write(output, with(now, all, now));
      return;
    }
    Provenance first = earlier.get(0);
    requireSame(first, now, ProvenanceFile.of(output));
    String date = now.date().toString();
    all.put(
        RESUMED,
        first.settings().containsKey(RESUMED) ? first.settings().get(RESUMED) + ", " + date : date);
    if (first.settings().containsKey(UNRECORDED)) {
      all.put(UNRECORDED, first.settings().get(UNRECORDED));
    }
    ProvenanceFile.write(output, with(now, all, first));
  }

  private Provenance describe(EvaluationOptions options) throws IOException {
    Path data = inputs.getOrDefault("questions", Path.of("questions"));
    Provenance plain =
        ProvenanceFile.describe(
            protocol, VERSION, String.valueOf(data.getFileName()), settings, inputs, options);
    Map<String, String> versions = new TreeMap<>(plain.versions());
    versions.put("openai-java", OpenAiChatJudge.clientVersion());
    return new Provenance(
        plain.protocol(),
        plain.dataset(),
        plain.settings(),
        plain.hashes(),
        versions,
        plain.date());
  }

  /** The date is that of the first request; versions that changed stand beside each other. */
  private static Provenance with(Provenance now, Map<String, String> settings, Provenance first) {
    Map<String, String> versions = new TreeMap<>(now.versions());
    first
        .versions()
        .forEach(
            (name, version) ->
                versions.merge(
                    name,
                    version,
                    (current, old) ->
                        List.of(old.split(", ")).contains(current) ? old : old + ", " + current));
    return new Provenance(
        now.protocol(), now.dataset(), settings, now.hashes(), versions, first.date());
  }

  private static void requireSame(Provenance first, Provenance now, Path where) {
    List<String> differences = new ArrayList<>();
    if (!first.protocol().equals(now.protocol())) {
      differences.add("protocol " + now.protocol() + " instead of " + first.protocol());
    }
    now.settings()
        .forEach(
            (name, value) -> {
              String before = first.settings().get(name);
              if (name.startsWith(JUDGE) && !value.equals(before)) {
                differences.add(name + " " + value + " instead of " + before);
              }
            });
    if (!differences.isEmpty()) {
      throw new EvaluationException(
          where
              + ": expected the judge of the results that are there, found "
              + String.join(", ", differences)
              + "; give the same options, name another output, or start anew");
    }
  }
}
