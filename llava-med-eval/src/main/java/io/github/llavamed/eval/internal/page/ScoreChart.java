package io.github.llavamed.eval.internal.page;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler;

/** Draws percentages as bars with whiskers. */
public final class ScoreChart {
  private static final int WIDTH = 1400;
  private static final int HEIGHT = 680;
  private static final int TICK_SPACING = 60;
  private static final double TICK = 10;
  private static final int MOST_LEVEL_LABELS = 6;
  private static final int LABEL_TILT = 30;
  private static final Color[] COLORS = {
    new Color(0x2F6DB5), new Color(0xE0862B), new Color(0x4E9A4B), new Color(0x8A5BB0)
  };

  private ScoreChart() {}

  /**
   * One bar of every category.
   *
   * @param name legend
   * @param percents one a category
   * @param whiskers half the length of each interval, in percent points
   */
  public record Series(String name, List<Double> percents, List<Double> whiskers) {
    /** Copies the lists. */
    public Series {
      percents = List.copyOf(percents);
      whiskers = List.copyOf(whiskers);
    }
  }

  /** Returns an address that holds the chart as a PNG. */
  public static String of(String title, List<String> categories, List<Series> series)
      throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(title).build();
    style(chart.getStyler(), series.size(), categories.size());
    chart.getStyler().setYAxisMin(TICK * Math.floor(lowest(series) / TICK));
    chart.getStyler().setYAxisMax(TICK * Math.ceil(highest(series) / TICK));
    for (Series bars : series) {
      chart.addSeries(bars.name(), categories, bars.percents(), bars.whiskers());
    }
    byte[] png = BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  /** Returns 0, or less where a whisker reaches below. */
  static double lowest(List<Series> series) {
    return Math.min(0, ends(series, -1).min().orElse(0));
  }

  /** Returns 100, or more where a whisker reaches above. */
  static double highest(List<Series> series) {
    return Math.max(100, ends(series, 1).max().orElse(0));
  }

  private static DoubleStream ends(List<Series> series, int direction) {
    return series.stream()
        .flatMapToDouble(
            bars ->
                IntStream.range(0, bars.percents().size())
                    .mapToDouble(i -> bars.percents().get(i) + direction * bars.whiskers().get(i)));
  }

  private static void style(CategoryStyler styler, int series, int categories) {
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 22);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesColor(new Color(0xD9DEE7));
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setChartTitleFont(text.deriveFont(Font.BOLD, 26));
    styler.setAxisTickLabelsFont(text);
    styler.setLegendFont(text);
    styler.setLegendVisible(series > 1);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setYAxisTickMarkSpacingHint(TICK_SPACING);
    // With a function of its own the axis has even ticks, however few values there are.
    styler.setyAxisTickLabelsFormattingFunction(value -> Long.toString(Math.round(value)));
    styler.setXAxisLabelRotation(categories > MOST_LEVEL_LABELS ? LABEL_TILT : 0);
    styler.setAvailableSpaceFill(series > 1 ? 0.7 : 0.5);
    styler.setSeriesColors(COLORS);
    styler.setErrorBarsColor(new Color(0x1C2330));
    styler.setXAxisMaxLabelCount(Integer.MAX_VALUE);
  }
}
