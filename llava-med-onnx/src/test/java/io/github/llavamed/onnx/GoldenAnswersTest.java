package io.github.llavamed.onnx;

import io.github.llavamed.GoldenAnswersContract;

/** Holds {@code onnx-cpu} to the answers of the original programs. */
class GoldenAnswersTest extends GoldenAnswersContract {
  @Override
  protected String backend() {
    return OnnxCpuProvider.ID;
  }
}
