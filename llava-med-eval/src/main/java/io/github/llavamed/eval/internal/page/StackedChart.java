package io.github.llavamed.eval.internal.page;

import io.github.llavamed.eval.notebook.BarChart;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
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
    styler.setOverlapped(true);
    if (data.logarithmic()) {
      styler.setYAxisLogarithmic(true);
      styler.setYAxisMin(LOG_FLOOR);
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
