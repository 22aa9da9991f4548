package io.github.llavamed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.metric.AnswerPair;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationCatalogTest {
  private static final String METRIC =
      """
      package plugin;
      import io.github.llavamed.metric.*;
      import java.util.OptionalDouble;
      public final class SameLength implements Metric {
        public String id() { return "same-length"; }
        public OptionalDouble score(AnswerPair pair) {
          return OptionalDouble.of(pair.prediction().length() == pair.reference().length() ? 1 : 0);
        }
      }
      """;

  private static final String DATASET =
      """
      package plugin;
      import io.github.llavamed.dataset.*;
      import java.nio.file.Path;
      import java.util.List;
      import java.util.Map;
      public final class OneQuestion implements VqaDatasetProvider {
        public String id() { return "one-question"; }
        public VqaDataset open(Path directory, String split) {
          return new VqaDataset() {
            public String name() { return "one-question-" + split; }
            public List<VqaSample> samples() {
              return List.of(new VqaSample(SampleId.of("q"), null, "Why?", "yes",
                  Map.of("answer_type", "CLOSED")));
            }
            public String sha256() { return "0".repeat(64); }
          };
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void findsTheProtocolsMetricsAndDataSetsOfThisLibrary() {
    EvaluationCatalog catalog = EvaluationCatalog.load();

    assertThat(catalog.protocols().keySet())
        .contains(
            "llava-med-v1", "llava-med-run-eval", "before-fix-35", "llava-med-path-vqa", "strict");
    assertThat(catalog.metrics()).hasSize(28);
    assertThat(catalog.metrics().keySet()).allMatch(id -> id.matches("[a-z0-9]+(-[a-z0-9]+)*"));
    assertThat(catalog.dataset("llava-med-vqa").id()).isEqualTo("llava-med-vqa");
    assertThatThrownBy(() -> catalog.protocol("loose"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("strict")
        .hasMessageContaining("'loose'");
  }

  @Test
  void aJarAddsAMetricAndADataSet() throws IOException {
    Path jar =
        jar(
            Map.of("plugin/SameLength", METRIC, "plugin/OneQuestion", DATASET),
            Map.of(
                "io.github.llavamed.metric.Metric", "plugin.SameLength",
                "io.github.llavamed.dataset.VqaDatasetProvider", "plugin.OneQuestion"));
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {jar.toUri().toURL()}, EvaluationCatalog.class.getClassLoader())) {
      EvaluationCatalog catalog = EvaluationCatalog.load(loader);

      assertThat(catalog.metric("same-length").score(new AnswerPair("abc", "xyz"))).hasValue(1);
      VqaDataset dataset = catalog.dataset("one-question").open(folder, "test");
      assertThat(dataset.name()).isEqualTo("one-question-test");
      assertThat(catalog.protocol("strict").kindOf(dataset.samples().get(0)))
          .isEqualTo(io.github.llavamed.metric.AnswerKind.CLOSED);
    }
  }

  @Test
  void namesBothClassesThatClaimOneName() throws IOException {
    Path jar =
        jar(
            Map.of("plugin/SameLength", METRIC.replace("same-length", "bleu")),
            Map.of("io.github.llavamed.metric.Metric", "plugin.SameLength"));
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {jar.toUri().toURL()}, EvaluationCatalog.class.getClassLoader())) {
      assertThatThrownBy(() -> EvaluationCatalog.load(loader))
          .isInstanceOf(EvaluationException.class)
          .hasMessageContaining("plugin.SameLength")
          .hasMessageContaining("metric.Bleu");
    }
  }

  private Path jar(Map<String, String> sources, Map<String, String> services) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve("src").resolve(source.getKey() + ".java");
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  null,
                  null,
                  "-proc:none",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  "-d",
                  classes.toString(),
                  file.toString());
      assertThat(result).isZero();
    }
    Path jar = folder.resolve("plugin.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        entries.write(Files.readAllBytes(file));
      }
      for (Map.Entry<String, String> service : services.entrySet()) {
        entries.putNextEntry(new JarEntry("META-INF/services/" + service.getKey()));
        entries.write(service.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThat(List.of(jar)).allMatch(Files::isRegularFile);
    return jar;
  }
}
