package io.github.llavamed;

import static io.github.llavamed.testing.ArchitectureRules.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import io.github.llavamed.testing.ArchitectureRules;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS) // classes are read once
class ArchitectureTest {
  /** The packages in the order of the data; each knows only those before it, and errors. */
  private static final List<String> ORDER =
      List.of(
          "checkpoint",
          "config",
          "tokenizer",
          "image",
          "conversation",
          "prompt",
          "inference",
          "model",
          "generation");

  /** Packages beside the line: they may use it, it does not know them. */
  private static final List<String> BESIDE =
      List.of("weights", "dataset", "metric", "training", "hub");

  private final ArchitectureRules rules = ArchitectureRules.of("llava-med-api");

  @TestFactory
  Stream<DynamicTest> eachPackageKnowsOnlyThoseBeforeIt() {
    return IntStream.range(0, ORDER.size())
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    ORDER.get(i),
                    () ->
                        rules.knowsNot(
                            trees(List.of(ORDER.get(i))),
                            concat(
                                trees(ORDER.subList(i + 1, ORDER.size())),
                                trees(BESIDE),
                                root()))));
  }

  @Test
  void errorsKnowNothingOfTheLibrary() {
    rules.knowsNot(trees(List.of("error")), concat(trees(ORDER), trees(BESIDE), root()));
  }

  @Test
  void theEntryPointsKnowNothingBesideTheLine() {
    rules.knowsNot(root(), trees(BESIDE));
  }

  @Test
  void thePackagesBesideTheLineDoNotKnowTheEntryPointsInside() {
    rules.knowsNot(trees(BESIDE), List.of(BASE + ".internal.."));
  }

  @Test
  void everyPackageHasItsPlace() {
    Set<String> known =
        concat(ORDER, BESIDE, List.of("error", "internal", "")).stream()
            .collect(Collectors.toSet());

    Set<String> found =
        rules.moduleClasses().stream()
            .map(JavaClass::getPackageName)
            .map(name -> name.substring(BASE.length()).replaceFirst("^\\.", "").split("\\.")[0])
            .collect(Collectors.toSet());

    assertThat(known).containsAll(found);
    assertThat(found).contains("checkpoint", "inference", "generation");
  }

  @Test
  void printsNothing() {
    rules.printsNothing();
  }

  @Test
  void opensNoConnectionOutsideTheHub() {
    rules.opensNoConnectionOutside(BASE + ".hub..");
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

  private static List<String> trees(List<String> packages) {
    return packages.stream().map(name -> BASE + "." + name + "..").toList();
  }

  private static List<String> root() {
    return List.of(BASE, BASE + ".internal..");
  }

  @SafeVarargs
  private static List<String> concat(List<String>... lists) {
    return Stream.of(lists).flatMap(List::stream).toList();
  }
}
