package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.weights.IncompatibleWeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An opened adapter: every tensor of its files, sorted by what it does to which tensor.
 *
 * <p>The opener closes it. Safe for concurrent reads.
 */
final class LoraAdapter implements AutoCloseable {
  private static final String PREFIX = "base_model.model.";
  private static final String TRAINABLES = "non_lora_trainables.bin";

  /** {@code MODULE.lora_A.weight}, {@code MODULE.lora_embedding_A}; "default" before saving. */
  private static final Pattern LOW_RANK =
      Pattern.compile("(.+)\\.lora_(embedding_)?([AB])(\\.default)?(\\.weight)?");

  private static final Pattern SAVED =
      Pattern.compile("(.+?)(\\.modules_to_save(\\.default)?)?\\.(weight|bias)");

  /** Matrices that the library saves with the adapter by itself when the vocabulary was resized. */
  private static final List<String> EMBEDDINGS = List.of("embed_tokens", "lm_head");

  /**
   * The two matrices of an adapted module; one is null while the files are read.
   *
   * @param down {@code A} // [r, in]
   * @param up {@code B} // [out, r]
   * @param embedding whether the module is an embedding, whose matrix is stored transposed
   */
  record Pair(@Nullable TensorData down, @Nullable TensorData up, boolean embedding) {}

  private final Path directory;
  private final LoraConfig config;
  private final List<Checkpoint> files = new ArrayList<>();
  private final Map<String, Pair> pairs = new LinkedHashMap<>();
  private final Map<String, TensorData> replacements = new LinkedHashMap<>();
  private final List<String> unknown = new ArrayList<>();

  private LoraAdapter(Path directory, LoraConfig config) {
    this.directory = directory;
    this.config = config;
  }

  /**
   * Opens an adapter and sorts its tensors.
   *
   * @throws NoSuchFileException if a file is missing
   * @throws IncompatibleWeightsException if a tensor is not understood or lacks its partner
   */
  static LoraAdapter open(Path directory, CheckpointLimits limits) throws IOException {
    Path file = directory.resolve("adapter_config.json");
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(
          file.toString(), null, "expected the directory of an adapter of the PEFT library");
    }
    LoraAdapter adapter = new LoraAdapter(directory, LoraConfig.read(file));
    try {
      adapter.readAdapter(limits);
      adapter.readTrainables(limits);
      adapter.rejectUnknown();
      return adapter;
    } catch (IOException | RuntimeException e) {
      adapter.close();
      throw e;
    }
  }

  LoraConfig config() {
    return config;
  }

  Path directory() {
    return directory;
  }

  /** Returns the adapted modules by name. */
  Map<String, Pair> pairs() {
    return pairs;
  }

  /** Returns the tensors that take the place of the model's, by their names there. */
  Map<String, TensorData> replacements() {
    return replacements;
  }

  private void readAdapter(CheckpointLimits limits) throws IOException {
    Path file =
        List.of("adapter_model.safetensors", "adapter_model.bin").stream()
            .map(directory::resolve)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    new NoSuchFileException(
                        directory.toString(),
                        null,
                        "expected adapter_model.safetensors or adapter_model.bin"));
    Checkpoint checkpoint = openFile(file, limits);
    for (String key : checkpoint.tensors().keySet()) {
      sort(key, checkpoint.tensor(key));
    }
  }

  private void readTrainables(CheckpointLimits limits) throws IOException {
    Path file = directory.resolve(TRAINABLES);
    if (!Files.isRegularFile(file)) {
      return;
    }
    Checkpoint checkpoint = openFile(file, limits);
    for (String key : checkpoint.tensors().keySet()) {
      String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
      replace(key, name, checkpoint.tensor(key));
    }
  }

  private Checkpoint openFile(Path file, CheckpointLimits limits) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(file, limits);
    files.add(checkpoint);
    return checkpoint;
  }

  private void sort(String key, TensorData data) {
    String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : "";
    Matcher lowRank = LOW_RANK.matcher(name);
    Matcher saved = SAVED.matcher(name);
    if (lowRank.matches() && (lowRank.group(2) == null) == (lowRank.group(5) != null)) {
      addPart(key, lowRank, data);
    } else if (saved.matches() && isExpected(saved)) {
      replace(key, saved.group(1) + "." + saved.group(4), data);
    } else {
      unknown.add(key);
    }
  }

  private boolean isExpected(Matcher saved) {
    String module = saved.group(1);
    return config.isSaved(module)
        || (config.biases() && saved.group(4).equals("bias"))
        || EMBEDDINGS.stream().anyMatch(name -> ModulePattern.endsWith(module, name));
  }

  private void addPart(String key, Matcher lowRank, TensorData data) {
    String module = lowRank.group(1);
    boolean embedding = lowRank.group(2) != null;
    boolean isDown = lowRank.group(3).equals("A");
    Pair known = pairs.getOrDefault(module, new Pair(null, null, embedding));
    if ((isDown ? known.down() : known.up()) != null || known.embedding() != embedding) {
      throw incompatible("tensor '%s': module '%s' has another".formatted(key, module));
    }
    if (!config.targets().matches(module)) {
      throw incompatible(
          "tensor '%s': module '%s' is not among target_modules".formatted(key, module));
    }
    pairs.put(
        module,
        isDown ? new Pair(data, known.up(), embedding) : new Pair(known.down(), data, embedding));
  }

  private void replace(String key, String name, TensorData data) {
    if (replacements.put(name, data) != null) {
      throw incompatible("tensor '%s': another takes the place of '%s'".formatted(key, name));
    }
  }

  private void rejectUnknown() {
    if (!unknown.isEmpty()) {
      throw incompatible(
          "%d tensors are not understood, expected names such as %sMODULE.lora_A.weight or those of modules_to_save, found: %s"
              .formatted(unknown.size(), PREFIX, String.join(", ", unknown)));
    }
    pairs.forEach(
        (module, pair) -> {
          if (pair.down() == null || pair.up() == null) {
            throw incompatible(
                "module '%s': expected lora_A and lora_B, found only lora_%s"
                    .formatted(module, pair.down() == null ? "B" : "A"));
          }
        });
    if (pairs.isEmpty() && replacements.isEmpty()) {
      throw incompatible("expected tensors, found none");
    }
  }

  private IncompatibleWeightsException incompatible(String problem) {
    return new IncompatibleWeightsException(directory + ": " + problem);
  }

  @Override
  public void close() {
    files.forEach(Checkpoint::close);
  }
}
