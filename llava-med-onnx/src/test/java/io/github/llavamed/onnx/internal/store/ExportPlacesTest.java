package io.github.llavamed.onnx.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
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
  void writesBesideAModelThatCanBeWritten() {
    ExportPlaces places = ExportPlaces.of(model.artifacts(directory), BackendOptions.defaults());

    assertThat(places.target()).isEqualTo(directory.resolve(".llavamed"));
  }

  @Test
  void writesIntoTheUsersCacheOtherwiseButLooksBesideTheModelFirst() {
    Path unwritable = directory.resolve("missing");

    ExportPlaces places = ExportPlaces.of(model.artifacts(unwritable), BackendOptions.defaults());

    Path user = Path.of(System.getProperty("user.home"), ".cache", "llava-med");
    assertThat(places.target()).isEqualTo(user);
    assertThat(places.searched()).containsExactly(unwritable.resolve(".llavamed"), user);
  }
}
