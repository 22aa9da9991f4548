package io.github.llavamed.onnx;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.InferenceBackendContract;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.WeightPlacement;
import java.nio.file.Path;

/** Holds {@code onnx-cpu} with weights that stay in their files to what every backend must do. */
class OnnxCpuMappedContractTest extends InferenceBackendContract {
  @Override
  protected String runtimeName() {
    return "ONNX Runtime";
  }

  @Override
  protected InferenceBackendProvider provider() {
    return new OnnxCpuProvider();
  }

  @Override
  protected BackendOptions options(Path cacheDirectory) {
    return super.options(cacheDirectory).withWeightPlacement(WeightPlacement.MAPPED);
  }
}
