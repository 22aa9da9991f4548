package io.github.llavamed.testing;

import static io.github.llavamed.testing.ArchitectureRules.BASE;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rules that each module beside the API keeps; a module's own test extends it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // classes are read once
public abstract class ArchitectureContract {
  /** The modules that know the API and not each other. */
  private static final List<String> SIBLINGS = List.of("onnx", "trainer", "eval");

  private final ArchitectureRules rules;
  private final String name;

  /**
   * Reads the classes of a module.
   *
   * @param module its folder in the source tree
   * @param name its package below the root
   */
  protected ArchitectureContract(String module, String name) {
    this.rules = ArchitectureRules.of(module);
    this.name = name;
  }

  @Test
  void doesNotKnowTheOtherModules() {
    Stream<String> others = SIBLINGS.stream().filter(sibling -> !sibling.equals(name));
    rules.knowsNot(List.of(BASE + ".."), others.map(other -> BASE + "." + other + "..").toList());
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
