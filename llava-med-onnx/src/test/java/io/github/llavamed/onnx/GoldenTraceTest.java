package io.github.llavamed.onnx;

import io.github.llavamed.GoldenTraceContract;

/** Holds {@code onnx-cpu} to the intermediate results of the original programs. */
class GoldenTraceTest extends GoldenTraceContract {
  @Override
  protected String backend() {
    return OnnxCpuProvider.ID;
  }
}
