package io.github.llavamed.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.llavamed.inference.internal.FoundProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule must refuse a class that breaks it. */
class ArchitectureRulesTest {
  @Test
  void refusesPrinting() {
    assertRefused(Prints.class, ArchitectureRules::printsNothing);
  }

  @Test
  void refusesOpeningAnAddress() {
    assertRefused(Opens.class, ArchitectureRules::opensNoConnectionOutside);
    assertThatCode(
            () -> rules(Opens.class).opensNoConnectionOutside("io.github.llavamed.testing.."))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesThirdPartyTypesInPublicSignatures() {
    assertRefused(ShowsJson.class, ArchitectureRules::keepsThirdPartyTypesOutOfItsApi);
    assertThatCode(
            () -> rules(ShowsJson.class).keepsThirdPartyTypesOutOfItsApi("com.fasterxml.jackson"))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesStaticVariables() {
    assertRefused(Remembers.class, ArchitectureRules::hasNoStaticVariables);
  }

  @Test
  void refusesReflection() {
    assertRefused(Reflects.class, ArchitectureRules::usesNoReflection);
  }

  @Test
  void refusesInternalClassesOfOtherModules() {
    assertRefused(UsesInternal.class, ArchitectureRules::usesNoInternalPackageOfOthers);
  }

  @Test
  void refusesAForbiddenDirection() {
    assertThatThrownBy(
            () ->
                rules(UsesInternal.class)
                    .knowsNot(
                        List.of("io.github.llavamed.testing"),
                        List.of("io.github.llavamed.inference..")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("UsesInternal");
  }

  private interface Rule {
    void check(ArchitectureRules rules);
  }

  private static void assertRefused(Class<?> type, Rule rule) {
    assertThatThrownBy(() -> rule.check(rules(type)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(type.getSimpleName());
  }

  private static ArchitectureRules rules(Class<?> type) {
    return ArchitectureRules.of(new ClassFileImporter().importClasses(type));
  }

  static final class Prints {
    void print() {
      System.out.println("text");
    }
  }

  static final class Opens {
    InputStream open(URL url) throws IOException {
      return url.openStream();
    }
  }

  public static final class ShowsJson {
    public List<JsonNode> nodes() {
      return List.of();
    }
  }

  static final class Remembers {
    static int count;
  }

  static final class Reflects {
    Object call() throws ReflectiveOperationException {
      return String.class.getMethod("length").invoke("text");
    }
  }

  static final class UsesInternal {
    String origin(FoundProvider found) {
      return found.origin();
    }
  }
}
