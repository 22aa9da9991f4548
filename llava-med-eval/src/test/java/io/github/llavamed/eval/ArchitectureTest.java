package io.github.llavamed.eval;

import static io.github.llavamed.testing.ArchitectureRules.BASE;

import io.github.llavamed.testing.ArchitectureRules;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final ArchitectureRules rules = ArchitectureRules.of("llava-med-eval");

  @Test
  void doesNotKnowTheOtherModules() {
    rules.knowsNot(
        List.of(BASE + ".."),
        Stream.of("onnx", "trainer").map(name -> BASE + "." + name + "..").toList());
  }

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
  void keepsThirdPartyTypesOutOfItsApi() {
    rules.keepsThirdPartyTypesOutOfItsApi();
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
