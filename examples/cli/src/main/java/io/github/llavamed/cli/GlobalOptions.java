package io.github.llavamed.cli;

import picocli.CommandLine.Option;

/** Options that every command takes. */
final class GlobalOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  @Option(names = "--verbose", description = "Add the stack trace to an error.")
  boolean verbose;
}
