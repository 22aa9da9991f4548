package io.github.llavamed.onnx.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportPlacesTest {
  private final SyntheticModel model = SyntheticModel.of(SyntheticConfig.create().build(), 1);

  @TempDir Path directory;

  @Test
  void takesTheCallersCacheDirectoryAlone() {
    Path cache = directory.resolve("cache");
    BackendOptions options = new BackendOptions(null, null, null, cache);

    ExportPlaces places = ExportPlaces.of(model.artifacts(directory), options);

    assertThat(places.target()).isEqualTo(cache);
    assertThat(places.searched()).containsExactly(cache);
  }

  @Test
  void writesIntoTheUsersCacheAndNeverBesideTheModel() {
    ExportPlaces places = ExportPlaces.of(model.artifacts(directory), BackendOptions.defaults());

    assertThat(places.target()).isEqualTo(user());
    assertThat(places.searched()).containsExactly(user());
  }

  @Test
  void looksBesideTheModelFirstIfSomeoneExportedThere() throws IOException {
    Path beside = Files.createDirectory(directory.resolve(".llavamed"));

    ExportPlaces places = ExportPlaces.of(model.artifacts(directory), BackendOptions.defaults());

    assertThat(places.target()).isEqualTo(user());
    assertThat(places.searched()).containsExactly(beside, user());
  }

  private static Path user() {
    return Path.of(System.getProperty("user.home"), ".cache", "llava-med");
  }
}
