package io.github.llavamed.demo.dataset;

import io.github.llavamed.demo.phantom.PhantomImage;
import io.github.llavamed.demo.phantom.PhantomRandom;
import io.github.llavamed.demo.text.Captions;
import io.github.llavamed.demo.text.Question;
import io.github.llavamed.demo.text.Questions;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Pictures in rows with lines of text below each, as one PNG. Confined to one thread. */
public final class ContactSheet {
  private static final int MARGIN = 8;
  private static final int FONT_SIZE = 13;
  private static final int LINE = 17;
  private static final Color QUESTION = new Color(0x8b0000);

  private final int pictureSize;
  private final int columns;
  private final int lines;
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(PhantomImage image, String caption, String question) {}

  /**
   * Creates an empty sheet.
   *
   * @param pictureSize width and height of each picture in pixels
   * @param columns pictures of a row
   * @param lines lines of text that have room below a picture
   */
  public ContactSheet(int pictureSize, int columns, int lines) {
    this.pictureSize = pictureSize;
    this.columns = columns;
    this.lines = lines;
  }

  /**
   * Adds a picture.
   *
   * @param caption black text, may be empty
   * @param question coloured text below it, may be empty
   */
  public void add(PhantomImage image, String caption, String question) {
    entries.add(new Entry(image, caption, question));
  }

  /** Returns the first pictures of a training set, each with a caption and a question. */
  static ContactSheet ofTraining(long seed, int count, int columns) {
    ContactSheet sheet = new ContactSheet(192, columns, 6);
    for (int i = 0; i < count; i++) {
      PhantomImage image = PhantomDataset.trainImage(seed, i, 192);
      PhantomRandom random = new PhantomRandom(PhantomSeeds.of(seed).questions(i));
      String caption = Captions.caption(image.phantom(), random);
      Question question = Questions.about(image.phantom(), Questions.EVERY_KIND, random).get(0);
      sheet.add(image, caption, question.text() + " " + question.answer());
    }
    return sheet;
  }

  /** Returns the sheet as a PNG file. */
  public byte[] png() {
    int cellWidth = pictureSize + MARGIN;
    int cellHeight = pictureSize + MARGIN + lines * LINE;
    int rows = (entries.size() + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(
            columns * cellWidth + MARGIN, rows * cellHeight + MARGIN, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE));
    for (int i = 0; i < entries.size(); i++) {
      int x = MARGIN + i % columns * cellWidth;
      int y = MARGIN + i / columns * cellHeight;
      draw(graphics, entries.get(i), x, y);
    }
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(sheet, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot happen: no file is written
    }
    return bytes.toByteArray();
  }

  private void draw(Graphics2D graphics, Entry entry, int x, int y) {
    BufferedImage picture = entry.image().toBufferedImage();
    graphics.drawImage(picture, x, y, pictureSize, pictureSize, null);
    int line = y + pictureSize + LINE;
    graphics.setColor(Color.BLACK);
    line = write(graphics, entry.caption(), x, line);
    graphics.setColor(QUESTION);
    write(graphics, entry.question(), x, line);
  }

  /** Writes a text in lines as wide as a picture and returns where the next line goes. */
  private int write(Graphics2D graphics, String text, int x, int y) {
    FontMetrics metrics = graphics.getFontMetrics();
    StringBuilder line = new StringBuilder();
    int at = y;
    for (String word : text.replace("\n", " \n ").split(" ")) {
      boolean full = word.equals("\n") || metrics.stringWidth(line + " " + word) > pictureSize;
      if (full && line.length() > 0) {
        graphics.drawString(line.toString(), x, at);
        at += LINE;
        line.setLength(0);
      }
      if (!word.equals("\n")) {
        line.append(line.length() == 0 ? "" : " ").append(word);
      }
    }
    if (line.length() > 0) {
      graphics.drawString(line.toString(), x, at);
      at += LINE;
    }
    return at;
  }
}
