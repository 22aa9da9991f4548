package io.github.llavamed.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The rules that every library module keeps, checked on the compiled classes of one module.
 *
 * <p>Every method throws an {@link AssertionError} that names the classes which break its rule.
 */
public final class ArchitectureRules {
  /** The root package of the project. */
  public static final String BASE = "io.github.llavamed";

  private static final Set<String> URL_METHODS =
      Set.of("openStream", "openConnection", "getContent");

  private final JavaClasses classes;

  private ArchitectureRules(JavaClasses classes) {
    this.classes = classes;
  }

  /**
   * Reads the classes of a module.
   *
   * @param module its folder in the source tree
   */
  public static ArchitectureRules of(String module) {
    Path folder = GoldenFolder.root().resolve(module).resolve("target/classes");
    JavaClasses classes =
        ArchConfiguration.withThreadLocalScope(
            configuration -> {
              // Reading the classes of libraries, some of megabytes, takes a minute and shows
              // nothing that a rule asks for.
              configuration.setClassResolver(SelectedClassResolverFromClasspath.class);
              configuration.setClassResolverArguments("java", "javax", "org.jspecify", BASE);
              return new ClassFileImporter().importPath(folder);
            });
    if (classes.isEmpty()) {
      throw new AssertionError("no compiled classes of " + module);
    }
    return of(classes);
  }

  /** Takes classes that were read elsewhere. */
  public static ArchitectureRules of(JavaClasses classes) {
    return new ArchitectureRules(classes);
  }

  /** Returns the classes of the module. */
  public JavaClasses moduleClasses() {
    return classes;
  }

  /** Asserts that no class of {@code packages} knows a class of {@code others}. */
  public void knowsNot(List<String> packages, List<String> others) {
    noClasses()
        .that()
        .resideInAnyPackage(packages.toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others.toArray(String[]::new))
        .allowEmptyShould(true)
        .check(classes);
  }

  /** Asserts that the module uses no {@code internal} package of another module. */
  public void usesNoInternalPackageOfOthers() {
    noClasses()
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are internal to another module",
                type -> isForeignInternal(type.getBaseComponentType())))
        .check(classes);
  }

  /** Asserts that nothing is printed and {@code java.util.logging} is left alone. */
  public void printsNothing() {
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
    GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(classes);
  }

  /** Asserts that only these packages reach for the network. */
  public void opensNoConnectionOutside(String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "open connections",
                type ->
                    type.getPackageName().startsWith("java.net.http")
                        || type.getName().matches("java\\.net\\.\\w*(Socket|Connection)")))
        .orShould()
        .callMethodWhere(
            DescribedPredicate.describe(
                "a URL is opened",
                call ->
                    call.getTargetOwner().isEquivalentTo(URL.class)
                        && URL_METHODS.contains(call.getName())))
        .allowEmptyShould(true)
        .check(classes);
  }

  /** Asserts that public signatures name types of Java, of this project and of these packages. */
  public void keepsThirdPartyTypesOutOfItsApi(String... allowedPrefixes) {
    classes()
        .that()
        .arePublic()
        .and(DescribedPredicate.describe("are API", type -> !isInternal(type)))
        .should(nameOnlyOwnTypes(allowedPrefixes))
        .allowEmptyShould(true)
        .check(classes);
  }

  /** Asserts that static fields are constants, apart from their contents. */
  public void hasNoStaticVariables() {
    fields().that().areStatic().should().beFinal().allowEmptyShould(true).check(classes);
  }

  /** Asserts that no class is built on reflection. */
  public void usesNoReflection() {
    noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.reflect").check(classes);
  }

  /** Asserts that every package says how it treats null. */
  public void isNullMarked() {
    classes()
        .that(
            DescribedPredicate.describe(
                "have a name of their own", type -> !type.getSimpleName().equals("package-info")))
        .should(
            new ArchCondition<JavaClass>("be in a package marked @NullMarked") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                  events.add(
                      SimpleConditionEvent.violated(type, type.getName() + " is not @NullMarked"));
                }
              }
            })
        .allowEmptyShould(true)
        .check(classes);
  }

  private boolean isForeignInternal(JavaClass type) {
    return isInternal(type) && isOurs(type) && !classes.contain(type.getName());
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith(BASE);
  }

  private static boolean isInternal(JavaClass type) {
    return Arrays.asList(type.getPackageName().split("\\.")).contains("internal");
  }

  private static ArchCondition<JavaClass> nameOnlyOwnTypes(String... allowedPrefixes) {
    List<String> prefixes = new ArrayList<>(List.of("java.", BASE));
    prefixes.addAll(Arrays.asList(allowedPrefixes));
    return new ArchCondition<>("name only types of Java and of this project") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Stream.concat(supertypes(type), memberTypes(type))
            .flatMap(used -> used.getAllInvolvedRawTypes().stream())
            .map(JavaClass::getBaseComponentType)
            .filter(used -> !used.isPrimitive())
            .filter(used -> prefixes.stream().noneMatch(used.getName()::startsWith))
            .distinct()
            .forEach(
                used ->
                    events.add(
                        SimpleConditionEvent.violated(
                            type, type.getName() + " shows " + used.getName())));
      }
    };
  }

  private static Stream<JavaType> supertypes(JavaClass type) {
    return Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
  }

  private static Stream<JavaType> memberTypes(JavaClass type) {
    Stream<JavaType> fieldTypes =
        type.getFields().stream().filter(ArchitectureRules::isVisible).map(f -> f.getType());
    Stream<JavaType> codeTypes =
        type.getCodeUnits().stream()
            .filter(ArchitectureRules::isVisible)
            .flatMap(ArchitectureRules::signature);
    return Stream.concat(fieldTypes, codeTypes);
  }

  private static Stream<JavaType> signature(JavaCodeUnit unit) {
    Stream<JavaType> thrown = unit.getExceptionTypes().stream().map(type -> type);
    return Stream.of(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream(), thrown)
        .flatMap(types -> types);
  }

  private static boolean isVisible(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }
}
