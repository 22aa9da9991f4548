package io.github.llavamed.onnx;

import io.github.llavamed.GenerationGoldenContract;

/** Holds every way to generate on {@code onnx-cpu} to the values of the original programs. */
class GenerationGoldenTest extends GenerationGoldenContract {
  @Override
  protected String backend() {
    return OnnxCpuProvider.ID;
  }
}
