package io.github.llavamed.cli;

import io.github.llavamed.demo.dataset.DatasetSizes;
import io.github.llavamed.demo.dataset.PhantomDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo data}: phantoms in the file formats of LLaVA-Med. */
@Command(
    name = "data",
    description = {
      "Paints phantoms and writes them with captions, dialogues and questions in the file formats",
      "of LLaVA-Med, for 'train' and the scoring commands; and a contact sheet to look at."
    },
    footer = {"", "Example:", "  llava-med demo data --output phantoms"})
final class DemoDataCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder to write; files of the same names are replaced.")
  private @Nullable Path output;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides everything but the test; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Path folder = UserPath.of(Required.value(output, "--output"));
    DatasetSizes sizes = DatasetSizes.DEFAULT;
    PhantomDataset.write(folder, sizes, seed);
    Required.value(spec, "spec")
        .commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: %d images to learn from, %d unseen, %d dialogues, in %.1f s; look at %s%n",
            folder,
            sizes.trainImages(),
            sizes.testImages(),
            sizes.dialogues(),
            (System.nanoTime() - start) / NANOS_PER_SECOND,
            folder.resolve(PhantomDataset.CONTACT_SHEET));
    return 0;
  }
}
