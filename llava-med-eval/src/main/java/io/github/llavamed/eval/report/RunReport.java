package io.github.llavamed.eval.report;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.page.Block;
import io.github.llavamed.eval.internal.page.HtmlPage;
import io.github.llavamed.eval.internal.page.MarkdownPage;
import io.github.llavamed.eval.internal.page.StackedChart;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.eval.notebook.BarChart;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import io.github.llavamed.metric.Provenance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report for readers: figures with intervals, charts, examples, published figures, provenance.
 *
 * <p>With two runs on the same questions they stand side by side with paired tests. The Markdown
 * text leaves pictures out; the HTML page holds them and loads nothing. Immutable.
 */
public final class RunReport {
  private static final String NOTICE =
      "Research use only. Not for clinical use: neither answers nor figures may guide the care of"
          + " patients.";

  private final String title;
  private final List<Block> blocks;

  private RunReport(Builder builder) throws IOException {
    this.title = builder.title;
    this.blocks = blocks(builder);
  }

  /** Returns a builder of a report with a title. */
  public static Builder builder(String title) {
    return new Builder(title);
  }

  /** Returns the report as Markdown. */
  public String markdown() {
    List<Block> withNotice = new ArrayList<>(blocks);
    withNotice.add(1, new Block.Paragraph(NOTICE));
    return MarkdownPage.of(withNotice);
  }

  /** Returns the report as one HTML file. */
  public String html() {
    return HtmlPage.of(title, NOTICE, blocks);
  }

  private static List<Block> blocks(Builder builder) throws IOException {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Heading(1, builder.title));
    if (!builder.runs.isEmpty()) {
      blocks.addAll(ScoreSections.of(builder.runs));
      if (builder.runs.size() == 2) {
        blocks.addAll(ComparisonSection.of(builder.runs, builder.bootstrap));
      }
      blocks.addAll(PublishedSections.vqa(builder.runs));
    }
    if (builder.chat != null) {
      blocks.addAll(PublishedSections.chat(builder.chat));
    }
    blocks.addAll(builder.sections);
    if (!builder.runs.isEmpty()) {
      blocks.addAll(new ExampleSection(builder.runs, builder.images, builder.examples).blocks());
    }
    Map<String, Provenance> origins = new LinkedHashMap<>();
    builder.runs.forEach(run -> origins.put(run.name(), run.report().provenance()));
    origins.putAll(builder.origins);
    if (!origins.isEmpty()) {
      blocks.addAll(ScoreSections.provenance(origins));
    }
    return List.copyOf(blocks);
  }

  /** Collects a report; not safe for concurrent use. */
  public static final class Builder {
    private final String title;
    private final List<ReportedRun> runs = new ArrayList<>();
    private final List<Block> sections = new ArrayList<>();
    private final Map<String, Provenance> origins = new LinkedHashMap<>();
    private BootstrapConfig bootstrap = BootstrapConfig.DEFAULT;
    private @Nullable Path images;
    private @Nullable ChatSummary chat;
    private int examples = 4;

    private Builder(String title) {
      this.title = title;
    }

    /**
     * Adds a run.
     *
     * @throws EvaluationException if there are two already
     */
    public Builder run(ReportedRun run) {
      if (runs.size() == 2) {
        throw new EvaluationException("report: expected one run or two, found a third");
      }
      runs.add(run);
      return this;
    }

    /** Sets the settings of the paired tests of two runs. */
    public Builder bootstrap(BootstrapConfig bootstrap) {
      this.bootstrap = bootstrap;
      return this;
    }

    /** Sets the folder of the questions' images; null leaves images out. */
    public Builder images(@Nullable Path images) {
      this.images = images;
      return this;
    }

    /** Sets the number of examples of each kind, 0 or more. */
    public Builder examples(int examples) {
      if (examples < 0) {
        throw new IllegalArgumentException("examples: expected 0 or more, found " + examples);
      }
      this.examples = examples;
      return this;
    }

    /** Adds the summary of the chat benchmark. */
    public Builder chat(ChatSummary chat) {
      this.chat = chat;
      return this;
    }

    /** Adds where something other than a run comes from, under the name that the table gives it. */
    public Builder provenance(String name, Provenance provenance) {
      origins.put(name, provenance);
      return this;
    }

    /** Adds a section of lines that are shown as they are, for example rows of many runs. */
    public Builder lines(String heading, String text) {
      sections.add(new Block.Heading(2, heading));
      sections.add(new Block.Lines(text));
      return this;
    }

    /**
     * Adds a section with a stacked bar chart and its figures.
     *
     * @throws IOException if the chart cannot be drawn
     */
    public Builder chart(String heading, BarChart chart) throws IOException {
      List<String> header = new ArrayList<>(List.of(""));
      header.addAll(chart.categories());
      List<List<String>> rows = new ArrayList<>();
      for (BarChart.Series series : chart.series()) {
        List<String> row = new ArrayList<>(List.of(series.name()));
        for (int i = 0; i < chart.categories().size(); i++) {
          boolean labelled = !series.labels().isEmpty() && !series.labels().get(i).isEmpty();
          row.add(labelled ? series.labels().get(i) : amount(series.values().get(i)));
        }
        rows.add(row);
      }
      sections.add(new Block.Heading(2, heading));
      sections.add(new Block.Table(header, rows));
      sections.add(new Block.Picture("Bar chart: " + heading, StackedChart.of(chart)));
      return this;
    }

    private static String amount(double value) {
      return value == Math.rint(value)
          ? Long.toString(Math.round(value))
          : PythonNumbers.text(value);
    }

    /**
     * Makes the report.
     *
     * @throws EvaluationException if there is nothing to report, or two runs do not have the same
     *     questions and protocol
     * @throws IOException if an image cannot be read
     */
    public RunReport build() throws IOException {
      if (runs.isEmpty() && chat == null && sections.isEmpty()) {
        throw new EvaluationException("report: expected a run or a result file, found nothing");
      }
      return new RunReport(this);
    }
  }
}
