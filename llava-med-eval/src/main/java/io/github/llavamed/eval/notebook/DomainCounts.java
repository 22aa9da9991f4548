package io.github.llavamed.eval.notebook;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.VqaJson;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How many conversations of instruction data are about images of each kind. Immutable.
 *
 * <p>A conversation with several kinds counts for each of them, as in the published counts, which
 * add up to more than the whole.
 *
 * @param all the counts of all conversations, named {@code overall}
 * @param domains the counts of the kinds, in the order of the original's chart
 * @param unassigned the counts of conversations without any kind, named {@code none}
 */
public record DomainCounts(Count all, List<Count> domains, Count unassigned) {
  /** The keys of the data, in the order of the chart. */
  private static final List<String> KEYS =
      List.of("chest_xray", "mri", "histology", "gross", "ct_scan");

  /** The names below the bars of the chart. */
  static final List<String> TITLES = List.of("Chest X-Ray", "MRI", "Histology", "Gross", "CT Scan");

  /** Copies the list. */
  public DomainCounts {
    domains = List.copyOf(domains);
  }

  /**
   * The counts of one kind. Immutable.
   *
   * @param name key in the data
   * @param conversations samples, each about one image
   * @param pairs pairs of question and answer in them: turns of the model
   */
  public record Count(String name, int conversations, int pairs) {
    private Count plus(int morePairs) {
      return new Count(name, conversations + 1, pairs + morePairs);
    }
  }

  /**
   * Counts a JSON array of conversations.
   *
   * @throws EvaluationException if an item has another shape; names its record
   */
  public static DomainCounts read(Path file, EvaluationOptions options) throws IOException {
    JsonNode data = new JsonFiles(options).tree(file);
    if (!data.isArray()) {
      throw new EvaluationException(
          file + ": expected an array of conversations, found " + JsonFields.kind(data));
    }
    Count all = new Count("overall", 0, 0);
    Count unassigned = new Count("none", 0, 0);
    List<Count> domains = new ArrayList<>(KEYS.stream().map(key -> new Count(key, 0, 0)).toList());
    int number = 0;
    for (JsonNode item : data) {
      String where = file + ", record " + number++;
      int pairs = pairs(item, where);
      boolean assigned = false;
      for (int i = 0; i < KEYS.size(); i++) {
        if (isTrue(item.path("domain"), KEYS.get(i), where)) {
          domains.set(i, domains.get(i).plus(pairs));
          assigned = true;
        }
      }
      unassigned = assigned ? unassigned : unassigned.plus(pairs);
      all = all.plus(pairs);
    }
    return new DomainCounts(all, domains, unassigned);
  }

  private static int pairs(JsonNode item, String where) {
    int pairs = 0;
    for (JsonNode turn : VqaJson.turns(item, where)) {
      pairs += JsonFields.text(turn, "from", where).equals("gpt") ? 1 : 0;
    }
    return pairs;
  }

  /** Missing means no: alignment data names no kinds. */
  private static boolean isTrue(JsonNode domain, String key, String where) {
    JsonNode value = domain.path(key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw new EvaluationException(
          where
              + ": expected true or false under domain."
              + key
              + ", found "
              + JsonFields.kind(value));
    }
    return value.asBoolean();
  }

  /** Returns one line a kind, {@code name conversations pairs}, those of all last. */
  public String text() {
    StringBuilder out = new StringBuilder();
    List<Count> lines = new ArrayList<>(domains);
    if (unassigned.conversations() > 0) {
      lines.add(unassigned);
    }
    lines.add(all);
    for (Count line : lines) {
      out.append("%s %d %d%n".formatted(line.name(), line.conversations(), line.pairs()));
    }
    return out.toString().replace(System.lineSeparator(), "\n");
  }
}
