package io.github.llavamed.onnx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may know what. */
class OnnxArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.llavamed.onnx");

  @Test
  void onlyTheGraphBuilderKnowsTheOnnxFormat() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..onnx.internal.graph..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.onnx.proto..", "com.google.protobuf..")
        .check(CLASSES);
  }

  @Test
  void onlyTheRunnersKnowTheRuntime() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..onnx.internal.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(CLASSES);
  }

  @Test
  void usesNoInternalsOfTheApiModule() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.github.llavamed.internal..",
            "io.github.llavamed.checkpoint.internal..",
            "io.github.llavamed.config.internal..",
            "io.github.llavamed.model.internal..")
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching("io.github.llavamed.(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
