package io.github.llavamed.model.internal;

import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.internal.JsonFile;
import io.github.llavamed.model.VisionTowerChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the file that configures the image processor. */
public final class ProcessorFiles {
  private static final String PREPROCESSOR = "preprocessor_config.json";
  private static final String PROCESSOR = "processor_config.json";
  private static final String NESTED = "image_processor";

  private ProcessorFiles() {}

  /**
   * Returns the file, or null if there is none.
   *
   * <p>The originals load the processor by the tower's name, so the tower's directory comes first,
   * even when the stored tower is used.
   */
  public static @Nullable Path find(ConfigReport config, VisionTowerChoice tower, Path checkpoint)
      throws IOException {
    for (Path directory :
        new @Nullable Path[] {tower.directory(), config.tower().directory(), checkpoint}) {
      Path file = directory == null ? null : in(directory);
      if (file != null) {
        return file;
      }
    }
    return null;
  }

  private static @Nullable Path in(Path directory) throws IOException {
    Path own = directory.resolve(PREPROCESSOR);
    if (Files.isRegularFile(own)) {
      return own;
    }
    Path shared = directory.resolve(PROCESSOR); // 5.x nests the image processor there
    return Files.isRegularFile(shared)
            && JsonFile.read(shared, ConfigLimits.defaults()).hasNonNull(NESTED)
        ? shared
        : null;
  }
}
