package io.github.llavamed.eval.internal.page;

import io.github.llavamed.eval.notebook.BarChart;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler;

/** Draws the stacked bars of the original's notebooks. */
public final class StackedChart {
  private static final int WIDTH = 1400;
  private static final int HEIGHT = 680;

  /** The colours by matplotlib's names. */
  private static final Map<String, Color> COLORS =
      Map.of("orange", new Color(0xFFA500), "skyblue", new Color(0x87CEEB));

  /** What stands for nothing on a logarithmic axis. */
  private static final double LOG_FLOOR = 1e-3;

  /** Most ticks above zero on an axis that is not logarithmic. */
  private static final int MOST_TICKS = 5;

  private StackedChart() {}

  /** Returns an address that holds the chart as a PNG. */
  public static String of(BarChart data) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).yAxisTitle(data.yLabel()).build();
    CategoryStyler styler = chart.getStyler();
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 22);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setAxisTitleFont(text);
    styler.setAxisTickLabelsFont(text);
    styler.setLegendFont(text);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setOverlapped(true);
    if (data.logarithmic()) {
      styler.setYAxisLogarithmic(true);
      styler.setYAxisMin(LOG_FLOOR);
    } else {
      double step = tickStep(data);
      styler.setYAxisMin(0.0);
      styler.setYAxisMax(step * Math.max(1, Math.ceil(top(data) / step)));
      styler.setYAxisTickMarkSpacingHint(HEIGHT / MOST_TICKS);
      styler.setyAxisTickLabelsFormattingFunction(StackedChart::thousands);
    }
    // Sums that overlap: the library's own stacking adds up pixels, wrong on a logarithmic axis.
    for (int i = data.series().size() - 1; i >= 0; i--) {
      BarChart.Series series = data.series().get(i);
      chart
          .addSeries(series.name(), data.categories(), heights(data, i))
          .setFillColor(COLORS.getOrDefault(series.color(), Color.GRAY));
    }
    byte[] png = BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  private static double top(BarChart data) {
    return Collections.max(heights(data, data.series().size() - 1));
  }

  /** Returns 1, 2 or 5 times a power of ten, so that few ticks reach over the highest bar. */
  static double tickStep(BarChart data) {
    double least = Math.max(1, top(data) / MOST_TICKS);
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** Writes 20000 as 20K, like the original's axis. */
  static String thousands(double value) {
    return value >= 1000 && value % 1000 == 0
        ? Math.round(value / 1000) + "K"
        : Long.toString(Math.round(value));
  }

  /** Returns the tops of a series: its values and all below, not under the axis. */
  static List<Double> heights(BarChart data, int index) {
    List<Double> heights = new ArrayList<>();
    for (int category = 0; category < data.categories().size(); category++) {
      double sum = 0;
      for (int i = 0; i <= index; i++) {
        sum += data.series().get(i).values().get(category);
      }
      heights.add(data.logarithmic() ? Math.max(sum, LOG_FLOOR) : sum);
    }
    return heights;
  }
}
