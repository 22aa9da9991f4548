package io.github.llavamed.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.error.LlavaMedException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendRegistryTest {
  @TempDir Path directory;

  @AfterEach
  void forgetProperty() {
    System.clearProperty(BackendRegistry.BACKEND_PROPERTY);
  }

  @Test
  void choosesTheHighestPriorityAmongThoseThatCanRun() {
    BackendRegistry registry =
        BackendRegistry.of(
            List.of(
                provider("slow", 1, true), provider("fast", 9, true), provider("gpu", 50, false)));

    assertThat(registry.choose(null).id()).isEqualTo("fast");
  }

  @Test
  void doesNotAskBackendsBehindTheOneThatIsChosen() {
    AtomicInteger probes = new AtomicInteger();
    InferenceBackendProvider behind =
        new InferenceBackendProvider() {
          @Override
          public String id() {
            return "behind";
          }

          @Override
          public int priority() {
            return 1;
          }

          @Override
          public int spiVersion() {
            return InferenceBackendProvider.SPI_VERSION;
          }

          @Override
          public BackendStatus probe() {
            probes.incrementAndGet();
            return BackendStatus.available("ready");
          }

          @Override
          public InferenceBackend create(ModelArtifacts model, BackendOptions options) {
            throw new IllegalStateException();
          }
        };

    String chosen =
        BackendRegistry.of(List.of(behind, provider("first", 9, true))).choose(null).id();

    assertThat(chosen).isEqualTo("first");
    assertThat(probes).hasValue(0);
  }

  @Test
  void choosesTheFirstIdAmongEqualPriorities() {
    BackendRegistry registry =
        BackendRegistry.of(List.of(provider("b", 5, true), provider("a", 5, true)));

    assertThat(registry.choose(null).id()).isEqualTo("a");
  }

  @Test
  void theIdInCodeWinsOverTheProperty() {
    BackendRegistry registry =
        BackendRegistry.of(List.of(provider("slow", 1, true), provider("fast", 9, true)));
    System.setProperty(BackendRegistry.BACKEND_PROPERTY, "slow");

    assertThat(registry.choose(null).id()).isEqualTo("slow");
    assertThat(registry.choose("fast").id()).isEqualTo("fast");
  }

  @Test
  void aNamedBackendThatCannotRunIsNeverReplaced() {
    BackendRegistry registry =
        BackendRegistry.of(List.of(provider("cpu", 1, true), provider("gpu", 9, false)));

    assertThatThrownBy(() -> registry.choose("gpu"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("'gpu', named by the load options")
        .hasMessageContaining("no driver")
        .hasMessageContaining("'cpu' (available: ready)");
  }

  @Test
  void aNamedBackendThatIsNotThereSaysWhatIsAndWhatToAdd() {
    BackendRegistry registry = BackendRegistry.of(List.of(provider("cpu", 1, true)));
    System.setProperty(BackendRegistry.BACKEND_PROPERTY, "libtorch");

    assertThatThrownBy(() -> registry.choose(null))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("'libtorch', named by system property llavamed.backend")
        .hasMessageContaining("'cpu' (available: ready)")
        .hasMessageContaining("io.github.llavamed:llava-med-trainer-javacpp");
  }

  @Test
  void whenNoneCanRunTheMessageListsEachReasonAndTheCoordinates() {
    BackendRegistry registry =
        BackendRegistry.of(List.of(provider("gpu", 9, false), provider("npu", 1, false)));

    assertThatThrownBy(() -> registry.choose(null))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("'gpu' (no driver)")
        .hasMessageContaining("'npu' (no driver)")
        .hasMessageContaining("io.github.llavamed:llava-med-onnx");
  }

  @Test
  void whenNoneIsFoundTheMessageSaysSo() {
    BackendRegistry registry = BackendRegistry.of(List.of());

    assertThatThrownBy(() -> registry.choose(null))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("found: none")
        .hasMessageContaining("io.github.llavamed:llava-med-onnx");
  }

  @Test
  void twoProvidersOfOneIdAreAnErrorThatNamesBothPlaces() {
    BackendRegistry registry =
        BackendRegistry.of(List.of(provider("cpu", 1, true), new TwinProvider()));

    assertThatThrownBy(() -> registry.choose("cpu"))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining(StubProvider.class.getName() + " in ")
        .hasMessageContaining(TwinProvider.class.getName() + " in ")
        .hasMessageContaining("test-classes");
    assertThat(registry.reports()).hasSize(2);
  }

  @Test
  void aProviderOfAnotherInterfaceVersionSaysSoInOneLine() {
    int next = InferenceBackendProvider.SPI_VERSION + 1;
    BackendRegistry registry = BackendRegistry.of(List.of(new StubProvider("new", 1, true, next)));

    assertThat(registry.reports().get(0).status().detail())
        .contains("version " + next)
        .contains("version " + InferenceBackendProvider.SPI_VERSION)
        .doesNotContain("\n");
    assertThatThrownBy(() -> registry.choose("new"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("compiled against version");
  }

  @Test
  void aProbeThatThrowsIsAReasonNotAFailure() {
    BackendRegistry registry =
        BackendRegistry.of(List.of(new ThrowingProbeProvider(), provider("cpu", 1, true)));

    assertThat(registry.choose(null).id()).isEqualTo("cpu");
    assertThatThrownBy(() -> registry.choose("throwing"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("UnsatisfiedLinkError: libmissing.so.1");
  }

  @Test
  void brokenProvidersOnTheClassPathDoNotHideTheOthers() throws IOException {
    try (URLClassLoader loader =
        loader(
            "com.example.NotThere",
            BackendRegistryTest.class.getName(),
            ThrowingConstructorProvider.class.getName(),
            GoodProvider.class.getName())) {
      BackendRegistry registry = BackendRegistry.load(loader, null);

      assertThat(registry.choose(null).id()).isEqualTo("good");
      List<BackendReport> reports = registry.reports();
      assertThat(reports).hasSize(4);
      assertThat(reports.get(0).id()).isEqualTo("good");
      assertThat(reports.stream().map(report -> report.status().detail()))
          .anyMatch(detail -> detail.contains("com.example.NotThere not found"))
          .anyMatch(detail -> detail.contains("not a subtype"))
          .anyMatch(detail -> detail.contains("native part is missing"));
    }
  }

  @Test
  void triesTheSecondLoaderOnlyIfTheFirstFindsNone() throws IOException {
    try (URLClassLoader empty = new URLClassLoader(new URL[0], getClass().getClassLoader());
        URLClassLoader good = loader(GoodProvider.class.getName())) {
      assertThat(BackendRegistry.load(empty, good).choose(null).id()).isEqualTo("good");
      assertThat(BackendRegistry.load(good, good).reports()).hasSize(1);
      assertThat(BackendRegistry.load(empty, null).reports()).isEmpty();
    }
  }

  @Test
  void aProviderWithoutIdIsReportedUnderItsClass() {
    BackendRegistry registry = BackendRegistry.of(List.of(provider(" ", 1, true)));

    assertThat(registry.reports().get(0).id()).isEqualTo(StubProvider.class.getName());
    assertThat(registry.reports().get(0).status().detail()).contains("id is blank");
  }

  private URLClassLoader loader(String... classNames) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(InferenceBackendProvider.class.getName()),
        Arrays.stream(classNames).collect(Collectors.joining("\n")));
    return new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
  }

  private static StubProvider provider(String id, int priority, boolean available) {
    return new StubProvider(id, priority, available, InferenceBackendProvider.SPI_VERSION);
  }

  private static class StubProvider implements InferenceBackendProvider {
    private final String id;
    private final int priority;
    private final boolean available;
    private final int spiVersion;

    StubProvider(String id, int priority, boolean available, int spiVersion) {
      this.id = id;
      this.priority = priority;
      this.available = available;
      this.spiVersion = spiVersion;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public int priority() {
      return priority;
    }

    @Override
    public int spiVersion() {
      return spiVersion;
    }

    @Override
    public BackendStatus probe() {
      return available ? BackendStatus.available("ready") : BackendStatus.unavailable("no driver");
    }

    @Override
    public InferenceBackend create(ModelArtifacts model, BackendOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class TwinProvider extends StubProvider {
    TwinProvider() {
      super("cpu", 1, true, InferenceBackendProvider.SPI_VERSION);
    }
  }

  private static final class ThrowingProbeProvider extends StubProvider {
    ThrowingProbeProvider() {
      super("throwing", 99, true, InferenceBackendProvider.SPI_VERSION);
    }

    @Override
    public BackendStatus probe() {
      throw new UnsatisfiedLinkError("libmissing.so.1");
    }
  }

  /** A provider that works. */
  public static final class GoodProvider extends StubProvider {
    /** For the service loader. */
    public GoodProvider() {
      super("good", 1, true, InferenceBackendProvider.SPI_VERSION);
    }
  }

  /** A provider that cannot be made. */
  public static final class ThrowingConstructorProvider extends StubProvider {
    /** For the service loader. */
    public ThrowingConstructorProvider() {
      super("never", 1, true, InferenceBackendProvider.SPI_VERSION);
      throw new NoClassDefFoundError("native part is missing");
    }
  }
}
