package io.github.llavamed.onnx;

import io.github.llavamed.testing.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {
  ArchitectureTest() {
    super("llava-med-onnx", "onnx");
  }
}
