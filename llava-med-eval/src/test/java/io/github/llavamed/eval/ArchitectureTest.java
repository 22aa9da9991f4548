package io.github.llavamed.eval;

import io.github.llavamed.testing.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {
  ArchitectureTest() {
    super("llava-med-eval", "eval");
  }
}
