package io.github.llavamed.eval.judge;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.eval.internal.python.PythonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Means of the chat benchmark's scores by kind of question, overall and by domain. Immutable.
 *
 * @param groups in order of first appearance: kind, overall, domain
 * @param version whose text is printed
 */
public record ChatSummary(List<Group> groups, Version version) {
  private static final List<String> COLUMNS =
      List.of(
          "conversation",
          "detailed_description",
          "chest_xray",
          "mri",
          "histology",
          "gross",
          "ct_scan",
          "overall");

  /** Copies the list. */
  public ChatSummary {
    groups = List.copyOf(groups);
  }

  /** The two releases, which differ in names and layout. */
  public enum Version {
    /** LLaVA-Med v1.0. */
    V1_0("all", "result"),
    /** LLaVA-Med v1.5. */
    V1_5("overall", "gpt_eval");

    private final String overall;
    private final String replyField;

    Version(String overall, String replyField) {
      this.overall = overall;
      this.replyField = replyField;
    }

    /** Returns the name of the group of all questions. */
    public String overall() {
      return overall;
    }

    /** Returns the field of a scores file that holds the judge's reply. */
    public String replyField() {
      return replyField;
    }
  }

  /**
   * The means of one group. Immutable.
   *
   * @param name name, or null for questions without domain
   * @param reference mean score of the text-only GPT-4 answers
   * @param model mean score of the model's answers
   * @param relative mean of the ratios model ÷ reference, in percent
   * @param size number of questions
   */
  public record Group(
      @Nullable String name, double reference, double model, double relative, int size) {}

  /**
   * Summarises verdicts.
   *
   * @throws EvaluationException if a reference score is 0
   */
  public static ChatSummary of(List<ChatVerdict> verdicts, Version version) {
    Map<Optional<String>, List<ChatVerdict>> members = new LinkedHashMap<>();
    for (ChatVerdict verdict : verdicts) {
      for (Optional<String> name :
          List.of(
              Optional.of(verdict.type()),
              Optional.of(version.overall()),
              Optional.ofNullable(verdict.domain()))) {
        members.computeIfAbsent(name, key -> new ArrayList<>()).add(verdict);
      }
    }
    List<Group> groups = new ArrayList<>();
    members.forEach((name, some) -> groups.add(group(name.orElse(null), some)));
    return new ChatSummary(groups, version);
  }

  private static Group group(@Nullable String name, List<ChatVerdict> verdicts) {
    double reference = 0;
    double model = 0;
    double ratio = 0;
    for (ChatVerdict verdict : verdicts) {
      if (verdict.reference() == 0) {
        throw new EvaluationException(
            "chat summary: expected reference scores above 0, found 0; judge this answer again",
            "float division by zero",
            null);
      }
      reference += verdict.reference();
      model += verdict.model();
      ratio += verdict.model() / verdict.reference();
    }
    int size = verdicts.size();
    return new Group(name, reference / size, model / size, ratio / size * 100, size);
  }

  /** Returns the text that the release prints, with final line end. */
  public String text() {
    return version == Version.V1_0 ? nestedText() : tableText();
  }

  private String nestedText() {
    if (groups.isEmpty()) {
      return "defaultdict(<class 'dict'>, {})\n";
    }
    String indent = " ".repeat("defaultdict(".length());
    StringBuilder out = new StringBuilder("defaultdict(<class 'dict'>,\n").append(indent);
    List<Group> sorted =
        groups.stream()
            .sorted(
                Comparator.comparing(Group::name, Comparator.nullsFirst(Comparator.naturalOrder())))
            .toList();
    for (int i = 0; i < sorted.size(); i++) {
      Group group = sorted.get(i);
      String name = group.name() == null ? "None" : PythonText.quote(group.name());
      String inner = ",\n" + indent + " ".repeat(name.length() + 4);
      out.append(i == 0 ? "{" : ",\n" + indent + " ").append(name).append(": {");
      out.append("'data_size': ").append(group.size());
      out.append(inner).append("'gpt4_score': ").append(PythonNumbers.text(group.reference()));
      out.append(inner).append("'pred_relative_score': ");
      out.append(PythonNumbers.text(group.relative()));
      out.append(inner).append("'pred_score': ").append(PythonNumbers.text(group.model()));
      out.append('}');
    }
    return out.append("})\n").toString();
  }

  private String tableText() {
    List<Group> columns =
        COLUMNS.stream()
            .flatMap(name -> groups.stream().filter(group -> name.equals(group.name())))
            .toList();
    if (groups.isEmpty()) {
      return "Empty DataFrame\nColumns: []\nIndex: []\n";
    }
    List<StringBuilder> lines = new ArrayList<>();
    for (String row : List.of("", "gpt4_score", "pred_score", "pred_relative_score", "data_size")) {
      lines.add(new StringBuilder(row).append(" ".repeat(19 - row.length())));
    }
    for (Group column : columns) {
      List<String> cells = new ArrayList<>();
      cells.add(String.valueOf(column.name()));
      cells.addAll(trimmed(column.reference(), column.model(), column.relative(), column.size()));
      int width = cells.stream().mapToInt(String::length).max().orElse(0);
      for (int i = 0; i < cells.size(); i++) {
        String cell = cells.get(i);
        lines.get(i).append("  ").append(" ".repeat(width - cell.length())).append(cell);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  /** Six decimals; zeros at the end go as long as all values of the column have one. */
  private static List<String> trimmed(double... values) {
    List<String> texts = new ArrayList<>();
    for (double value : values) {
      texts.add(PythonNumbers.fixed(value, 6));
    }
    while (texts.stream().allMatch(text -> text.endsWith("0") && !text.endsWith(".0"))) {
      texts.replaceAll(text -> text.substring(0, text.length() - 1));
    }
    return texts;
  }
}
