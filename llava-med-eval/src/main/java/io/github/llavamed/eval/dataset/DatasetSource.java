package io.github.llavamed.eval.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.prepare.PathVqaSource;
import io.github.llavamed.eval.internal.prepare.SlakeSource;
import io.github.llavamed.eval.internal.prepare.VqaRadSource;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Public medical VQA data sets, and their conversion into the original's question files. */
public enum DatasetSource {
  /** VQA-RAD: {@code VQA_RAD Dataset Public.json}, or {@code trainset.json} and {@code testset}. */
  VQA_RAD("vqa-rad", "data_RAD"),
  /** SLAKE: {@code train.json}, {@code validate.json}, {@code test.json}. */
  SLAKE("slake", "Slake1.0"),
  /** PathVQA: {@code train_qa.pkl}, {@code val_qa.pkl}, {@code test_qa.pkl}. */
  PATH_VQA("pathvqa", "pvqa");

  private final String id;
  private final String folder;

  DatasetSource(String id, String folder) {
    this.id = id;
    this.folder = folder;
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }

  /** Returns the folder name by which the original's programs know the data set. */
  public String folder() {
    return folder;
  }

  /**
   * Returns the data set of a name.
   *
   * @throws EvaluationException if there is none; lists the names
   */
  public static DatasetSource named(String id) {
    return Arrays.stream(values())
        .filter(source -> source.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new EvaluationException(
                    "data set: expected one of "
                        + Arrays.stream(values()).map(DatasetSource::id).toList()
                        + ", found '"
                        + id
                        + "'"));
  }

  /**
   * Converts the files of a folder; texts and answers stay as they are.
   *
   * <p>Writes a question file for each split and the open answers of the training split. Files
   * appear whole or not at all. Images are not touched.
   *
   * @param input folder of the published files
   * @param output folder to write into; made if need be
   * @return the written files
   * @throws EvaluationException if a file is not what it should be, or an identifier is repeated
   * @throws IOException if a file cannot be read or written
   */
  public List<Path> prepare(Path input, Path output, EvaluationOptions options) throws IOException {
    JsonFiles files = new JsonFiles(options);
    Map<String, JsonNode> contents =
        switch (this) {
          case VQA_RAD -> VqaRadSource.read(input, files);
          case SLAKE -> SlakeSource.read(input, files);
          case PATH_VQA -> PathVqaSource.read(input, files, options.limits());
        };
    Files.createDirectories(output);
    if (Files.isSameFile(input, output)) {
      throw new EvaluationException(
          output + ": expected another folder than the published files', found the same");
    }
    List<Path> written = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : contents.entrySet()) {
      Path target = output.resolve(entry.getKey());
      Path temporary = Files.createTempFile(output, "." + entry.getKey(), ".tmp");
      try {
        Files.writeString(temporary, PythonJson.indented(entry.getValue()) + "\n");
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
      written.add(target);
    }
    return written;
  }
}
