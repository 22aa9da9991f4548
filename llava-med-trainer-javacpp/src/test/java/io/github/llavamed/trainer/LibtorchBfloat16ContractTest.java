package io.github.llavamed.trainer;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.InferenceBackendContract;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.Precision;
import java.nio.file.Path;

/** Holds {@code libtorch} in bfloat16 to what every backend must do. */
class LibtorchBfloat16ContractTest extends InferenceBackendContract {
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
    return new BackendOptions(Precision.BF16, null, 1, cacheDirectory);
  }

  /** Eight bits of mantissa through a few layers; logits lie within ±6. */
  @Override
  protected double tolerance() {
    return 0.15;
  }
}
