package io.github.llavamed.demo;

import io.github.llavamed.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final ArchitectureRules rules = ArchitectureRules.of("examples/demo");

  @Test
  void usesNoInternalPackageOfOthers() {
    rules.usesNoInternalPackageOfOthers();
  }

  @Test
  void printsNothing() {
    rules.printsNothing();
  }

  @Test
  void opensNoConnection() {
    rules.opensNoConnectionOutside();
  }

  @Test
  void hasNoStaticVariables() {
    rules.hasNoStaticVariables();
  }

  @Test
  void usesNoReflection() {
    rules.usesNoReflection();
  }

  @Test
  void isNullMarked() {
    rules.isNullMarked();
  }
}
