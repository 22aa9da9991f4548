package io.github.llavamed.eval;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EvalArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.llavamed.eval");

  private static final List<String> THIRD_PARTY =
      List.of("com.fasterxml.", "com.google.", "com.openai.", "kotlin.", "okhttp3.");

  @Test
  void knowsNoBackendAndNoTrainer() {
    noClasses()
        .should()
        .dependOnClassesThat(
            are(
                resideInAnyPackage(
                        "io.github.llavamed.onnx..",
                        "io.github.llavamed.trainer..",
                        "io.github.llavamed.cli..",
                        "io.github.llavamed.internal..",
                        "io.github.llavamed.*.internal..")
                    .and(DescribedPredicate.not(resideInAnyPackage("io.github.llavamed.eval..")))))
        .check(CLASSES);
  }

  @Test
  void publicMethodsNameNoThirdPartyType() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("..internal..")
        .should(nameNoThirdPartyType())
        .check(CLASSES);
  }

  private static ArchCondition<JavaMethod> nameNoThirdPartyType() {
    return new ArchCondition<>("name no third-party type") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
            .map(JavaClass::getName)
            .filter(name -> THIRD_PARTY.stream().anyMatch(name::startsWith))
            .forEach(
                name ->
                    events.add(
                        SimpleConditionEvent.violated(
                            method, method.getFullName() + " names " + name)));
      }
    };
  }

  @Test
  void printsNothing() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  @Test
  void onlyTheRemoteJudgeReachesTheNetwork() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.github.llavamed.eval.judge.OpenAiChatJudge")
        .should()
        .dependOnClassesThat(
            are(resideInAnyPackage("com.openai..", "okhttp3..", "java.net..", "java.net.http..")))
        .check(CLASSES);
  }
}
