package io.github.llavamed.eval.internal.page;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Writes pages as one HTML file that needs no other: pictures are inside. */
public final class HtmlPage {
  private static final Pattern NUMBER =
      Pattern.compile("[-+<]? ?[\\d.,]+([KM]| \\[.*]| : \\d+)?|–");

  private static final String STYLE =
      """
      :root{color-scheme:light;--ink:#1c2330;--soft:#5b6576;--line:#d9dee7;--tint:#f5f7fa;--mark:#8a5a00}
      body{font:16px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--ink);
        margin:0 auto;padding:2rem 1.25rem 4rem;max-width:68rem;background:#fff}
      h1{font-size:1.75rem;margin:0 0 .5rem}h2{font-size:1.3rem;margin:2.5rem 0 .75rem;
        border-bottom:1px solid var(--line);padding-bottom:.3rem}h3{font-size:1.05rem;margin:1.5rem 0 .5rem}
      .notice{background:#fff6e0;border-left:4px solid #d99a1c;padding:.6rem .9rem;color:var(--mark)}
      .scroll{overflow-x:auto}table{border-collapse:collapse;margin:.75rem 0;font-size:.92rem}
      td{max-width:26rem;overflow-wrap:anywhere}td:first-child{overflow-wrap:normal}th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
      th{background:var(--tint);font-weight:600}td.n{text-align:right;font-variant-numeric:tabular-nums;
        white-space:nowrap}th.n{text-align:right}
      img.chart{max-width:100%;height:auto;margin:.5rem 0}
      pre{background:var(--tint);padding:.8rem;overflow-x:auto;font-size:.85rem}
      .example{display:flex;gap:1rem;border:1px solid var(--line);border-radius:6px;padding:.9rem;
        margin:.75rem 0;break-inside:avoid}.example img{width:11rem;height:11rem;object-fit:contain;
        background:#000;border-radius:4px;flex:none}.example h4{margin:0 0 .4rem;font-size:.95rem}
      dl{margin:0;display:grid;grid-template-columns:max-content 1fr;gap:.2rem .8rem}
      dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
      .none{width:11rem;flex:none;color:var(--soft);font-size:.85rem}
      @media(max-width:40rem){.example{flex-direction:column}}
      """;

  private HtmlPage() {}

  /**
   * Returns the page.
   *
   * @param title of the window
   * @param notice line that stands above everything, for all readers
   */
  public static String of(String title, String notice, List<Block> blocks) {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    out.append("<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Nothing is loaded from anywhere, whatever a model wrote.
    out.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';");
    out.append(" img-src data:; style-src 'unsafe-inline'\">\n");
    out.append("<title>").append(escape(title)).append("</title>\n");
    out.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    for (int i = 0; i < blocks.size(); i++) {
      append(out, blocks.get(i));
      if (i == 0) {
        out.append("<p class=\"notice\">").append(escape(notice)).append("</p>\n");
      }
    }
    return out.append("</body>\n</html>\n").toString();
  }

  private static void append(StringBuilder out, Block block) {
    if (block instanceof Block.Heading heading) {
      element(out, "h" + heading.level(), heading.text());
    } else if (block instanceof Block.Paragraph paragraph) {
      element(out, "p", paragraph.text());
    } else if (block instanceof Block.Lines lines) {
      element(out, "pre", lines.text());
    } else if (block instanceof Block.Table table) {
      appendTable(out, table);
    } else if (block instanceof Block.Picture picture) {
      out.append("<img class=\"chart\" alt=\"").append(escape(picture.description()));
      out.append("\" src=\"").append(escape(picture.data())).append("\">\n");
    } else if (block instanceof Block.Example example) {
      appendExample(out, example);
    }
  }

  private static void element(StringBuilder out, String tag, String text) {
    out.append('<').append(tag).append('>').append(escape(text));
    out.append("</").append(tag).append(">\n");
  }

  private static void appendTable(StringBuilder out, Block.Table table) {
    out.append("<div class=\"scroll\"><table>\n<thead><tr>");
    List<Boolean> numeric =
        IntStream.range(0, table.header().size())
            .mapToObj(c -> c > 0 && table.rows().stream().allMatch(row -> isNumber(row.get(c))))
            .toList();
    for (int c = 0; c < table.header().size(); c++) {
      cell(out, "th", table.header().get(c), numeric.get(c));
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      out.append("<tr>");
      for (int c = 0; c < row.size(); c++) {
        cell(out, "td", row.get(c), numeric.get(c));
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>\n");
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  private static void cell(StringBuilder out, String tag, String text, boolean numeric) {
    out.append('<').append(tag).append(numeric ? " class=\"n\">" : ">");
    out.append(escape(text)).append("</").append(tag).append('>');
  }

  private static void appendExample(StringBuilder out, Block.Example example) {
    out.append("<div class=\"example\">");
    String picture = example.picture();
    if (picture != null) {
      out.append("<img alt=\"image of the question\" src=\"").append(escape(picture)).append("\">");
    } else {
      out.append("<div class=\"none\">no image</div>");
    }
    out.append("<div>");
    element(out, "h4", example.title());
    out.append("<dl>");
    for (Block.Field field : example.fields()) {
      out.append("<dt>").append(escape(field.name())).append("</dt><dd>");
      out.append(escape(field.text())).append("</dd>");
    }
    out.append("</dl></div></div>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
