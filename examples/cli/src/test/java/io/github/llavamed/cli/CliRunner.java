package io.github.llavamed.cli;

import io.github.llavamed.testing.GoldenFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

/** Runs the command line in this process and keeps what it prints. */
final class CliRunner {
  record Outcome(int code, String out, String err) {}

  private CliRunner() {}

  static Outcome run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(List.of(args), new PrintWriter(out), new PrintWriter(err, true));
    return new Outcome(code, out.toString(), err.toString());
  }

  static Path modelCase(String name) {
    return GoldenFolder.committed("model").resolve(name);
  }

  static String checkpoint(String name) {
    return modelCase(name).resolve("checkpoint").toString();
  }
}
