package io.github.llavamed.trainer.internal.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the loss of a run, each step and smoothed, with the learning rate. Stateless. */
final class LossCurve {
  /** The file's name. */
  static final String NAME = "loss_curve.png";

  private static final int WIDTH = 1400;
  private static final int HEIGHT = 700;

  /** More points than pixels only blur. */
  private static final int MOST_POINTS = 1200;

  /** Steps may have many digits. */
  private static final int LABEL_TILT = 45;

  /** A point counts half after a fiftieth of the curve. */
  private static final double SMOOTHED_SHARE = 50;

  private static final double HALF = 0.5;

  private LossCurve() {}

  /** The figures drawn; one entry a point. */
  private record Points(List<Double> steps, List<Double> losses, List<Double> rates) {}

  /** Draws the figures of a metrics file; nothing if there is no step in it. */
  static void draw(Path metrics, Path directory) throws IOException {
    Points points = thinned(read(metrics));
    if (points.steps().isEmpty()) {
      return;
    }
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title("Loss").xAxisTitle("step").build();
    style(chart.getStyler());
    double last = points.steps().get(points.steps().size() - 1);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisMax(last);
    chart.setYAxisGroupTitle(0, "loss");
    chart.setYAxisGroupTitle(1, "learning rate");
    line(chart, "learning rate", points.steps(), points.rates(), new Color(0xD9A45B), 1)
        .setYAxisGroup(1);
    line(chart, "loss", points.steps(), points.losses(), new Color(0xA9C4E6), 1);
    line(chart, "smoothed", points.steps(), smoothed(points.losses()), new Color(0x2F6DB5), 3);
    Path file = directory.resolve(NAME);
    Path temporary = directory.resolve("." + NAME + ".partial");
    try {
      ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", temporary.toFile());
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Points read(Path metrics) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Points all = new Points(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (BufferedReader lines = Files.newBufferedReader(metrics)) {
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        JsonNode line = json.readTree(text);
        if (line.path("loss").isNumber()) {
          all.steps().add(line.path("step").asDouble());
          all.losses().add(line.path("loss").asDouble());
          all.rates().add(line.path("learning_rate").asDouble());
        }
      }
    }
    return all;
  }

  /** Replaces neighbours by their mean where there are too many. */
  private static Points thinned(Points all) {
    int width = (all.steps().size() + MOST_POINTS - 1) / MOST_POINTS;
    if (width <= 1) {
      return all;
    }
    return new Points(
        means(all.steps(), width), means(all.losses(), width), means(all.rates(), width));
  }

  private static List<Double> means(List<Double> values, int width) {
    List<Double> means = new ArrayList<>();
    for (int from = 0; from < values.size(); from += width) {
      List<Double> part = values.subList(from, Math.min(values.size(), from + width));
      means.add(part.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }
    return means;
  }

  private static List<Double> smoothed(List<Double> values) {
    double kept = Math.pow(HALF, SMOOTHED_SHARE / Math.max(SMOOTHED_SHARE, values.size()));
    List<Double> smooth = new ArrayList<>();
    double sum = 0;
    double weight = 0;
    for (double value : values) {
      sum = kept * sum + (1 - kept) * value;
      weight = kept * weight + (1 - kept); // as if nothing came before the first
      smooth.add(sum / weight);
    }
    return smooth;
  }

  private static XYSeries line(
      XYChart chart, String name, List<Double> x, List<Double> y, Color color, int width) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(x.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width));
    return series;
  }

  private static void style(XYStyler styler) {
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 20);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesColor(new Color(0xD9DEE7));
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setChartTitleFont(text.deriveFont(Font.BOLD, 26));
    styler.setAxisTitleFont(text);
    styler.setAxisTickLabelsFont(text.deriveFont(16f));
    styler.setLegendFont(text);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setXAxisLabelRotation(LABEL_TILT);
    styler.setDecimalPattern("0.########");
    styler.setYAxisMin(0, 0.0);
    styler.setYAxisMin(1, 0.0);
    styler.setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
  }
}
