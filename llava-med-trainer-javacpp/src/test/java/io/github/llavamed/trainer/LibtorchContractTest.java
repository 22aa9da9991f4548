package io.github.llavamed.trainer;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.InferenceBackendContract;
import io.github.llavamed.inference.InferenceBackendProvider;
import java.nio.file.Path;

/** Holds {@code libtorch} to what every backend must do. */
class LibtorchContractTest extends InferenceBackendContract {
  @Override
  protected String runtimeName() {
    return "libtorch";
  }

  @Override
  protected InferenceBackendProvider provider() {
    return new LibtorchBackendProvider();
  }

  @Override
  protected BackendOptions options(Path cacheDirectory) {
    return new BackendOptions(null, null, 1, cacheDirectory);
  }
}
