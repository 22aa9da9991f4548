package io.github.llavamed.trainer;

import io.github.llavamed.testing.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {
  ArchitectureTest() {
    super("llava-med-trainer-javacpp", "trainer");
  }
}
