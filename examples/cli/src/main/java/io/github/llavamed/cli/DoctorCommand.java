package io.github.llavamed.cli;

import io.github.llavamed.LlavaMed;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code doctor}: what this machine can run, and why not. */
@Command(
    name = "doctor",
    description =
        "Shows the class of the processor, memory, the versions, and of each backend on the class"
            + " path whether it can run and which precision it would take.",
    footer = {"", "Example:", "  llava-med doctor"})
final class DoctorCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().getOut().println(LlavaMed.diagnose().toText());
    }
    return 0;
  }
}
