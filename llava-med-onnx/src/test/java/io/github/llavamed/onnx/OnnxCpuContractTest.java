package io.github.llavamed.onnx;

import io.github.llavamed.inference.InferenceBackendContract;
import io.github.llavamed.inference.InferenceBackendProvider;

/** Holds {@code onnx-cpu} to what every backend must do. */
class OnnxCpuContractTest extends InferenceBackendContract {
  @Override
  protected String runtimeName() {
    return "ONNX Runtime";
  }

  @Override
  protected InferenceBackendProvider provider() {
    return new OnnxCpuProvider();
  }
}
