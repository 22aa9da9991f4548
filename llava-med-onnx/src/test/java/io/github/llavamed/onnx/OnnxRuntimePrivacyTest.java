package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.LlavaMed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Guards the choice of the runtime's version: it neither reports home nor fails on long lines. */
class OnnxRuntimePrivacyTest {
  private static final String LIBRARY = "/ai/onnxruntime/native/linux-x64/libonnxruntime.so";

  @Test
  void theRuntimeHasNoTelemetry() throws IOException {
    byte[] library;
    try (InputStream in = OnnxRuntimePrivacyTest.class.getResourceAsStream(LIBRARY)) {
      assertThat(in).as(LIBRARY).isNotNull();
      library = in.readAllBytes();
    }

    String text = new String(library, StandardCharsets.ISO_8859_1);

    assertThat(text.contains("CreateEnv")).as("looks like the runtime").isTrue();
    assertThat(text.contains("PosixTelemetry")).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aLongCommandLineDoesNotCrashTheProcess() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Doctor.class.getName());
    command.add("x".repeat(20_000));

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("onnx-cpu: available");
  }

  /** Starts the runtime; run in a JVM of its own. */
  static final class Doctor {
    private Doctor() {}

    public static void main(String[] args) {
      System.out.println(LlavaMed.diagnose().toText());
    }
  }
}
