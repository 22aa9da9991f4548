package io.github.llavamed.config.internal;

import io.github.llavamed.config.ConfigOptions;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.ModelFamily;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Picks the reader of the family, runs it and checks its result as a whole. */
public final class ConfigReaders {
  private static final String FILE_NAME = "config.json";

  private ConfigReaders() {}

  /** Reads the configuration at {@code directoryOrFile}. */
  public static ConfigReport read(Path directoryOrFile, ConfigOptions options) throws IOException {
    Path file = fileOf(directoryOrFile);
    ConfigObject json = new ConfigObject(file, JsonFile.read(file, options.limits()));
    List<String> notes = new ArrayList<>();
    ModelFamily family = FamilyRules.decide(json, options.repairs(), notes);
    Path directory = file.toAbsolutePath().getParent();
    ConfigContext context =
        new ConfigContext(json, directory == null ? file : directory, options, notes);
    FamilyReader.Result result = readerOf(family).read(context);
    ConfigChecks.check(result.config(), file);
    return new ConfigReport(
        result.config(), file, result.tower(), json.unknownKeys(KnownKeys.IGNORED), notes);
  }

  /** Reads the family of the configuration at {@code directoryOrFile}. */
  public static ModelFamily family(Path directoryOrFile, ConfigOptions options) throws IOException {
    Path file = fileOf(directoryOrFile);
    ConfigObject json = new ConfigObject(file, JsonFile.read(file, options.limits()));
    return FamilyRules.decide(json, options.repairs(), new ArrayList<>());
  }

  private static Path fileOf(Path directoryOrFile) throws IOException {
    Path file =
        Files.isDirectory(directoryOrFile) ? directoryOrFile.resolve(FILE_NAME) : directoryOrFile;
    if (!Files.isRegularFile(file)) {
      throw new FileNotFoundException(
          file
              + ": expected a checkpoint's "
              + FILE_NAME
              + ", found no such file; name a directory that holds one");
    }
    return file;
  }

  private static FamilyReader readerOf(ModelFamily family) {
    return switch (family) {
      case LLAVA_V1_0 -> new V10Reader();
      case LLAVA_V1_5 -> new V15Reader();
      case HF_LLAVA -> new HfReader();
    };
  }
}
