package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.LoadReport;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.model.VisionTowerChoice;
import io.github.llavamed.model.VisionTowerSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds every weight that a configuration asks for and accounts for every tensor that is there.
 *
 * <p>Never throws for tensors that are missing, unknown or of a wrong shape: those are in the
 * result. One object assembles one model.
 */
public final class ModelAssembler {
  private static final String OTHER_TOWER = "stored vision tower: another one is used";
  private static final String UNSELECTED_LAYER = "tower layer beyond the selected one";
  private static final Set<DType> DTYPES = Set.of(DType.F16, DType.BF16, DType.F32, DType.F64);

  private final ConfigReport configReport;
  private final LlavaConfig config;
  private final VisionTowerSource asked;
  private final OptionalInt tokenizerLength;
  private final OpenFiles files;
  private final LoadReport.Builder report = LoadReport.builder();
  private final Map<String, MappedWeights.Origin> origins = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Creates an assembler.
   *
   * @param tokenizerLength number of ids of the tokenizer; empty leaves the rows as they are
   * @param files opens the tower's file
   */
  public ModelAssembler(
      ConfigReport configReport,
      VisionTowerSource asked,
      OptionalInt tokenizerLength,
      OpenFiles files) {
    this.configReport = configReport;
    this.config = configReport.config();
    this.asked = asked;
    this.tokenizerLength = tokenizerLength;
    this.files = files;
    notes.addAll(configReport.notes());
  }

  /**
   * Puts the model together.
   *
   * @throws IOException if the tower's file cannot be read
   * @throws io.github.llavamed.config.UnsupportedModelException if the tower is not found
   * @throws io.github.llavamed.model.ModelMismatchException if a weight is stored twice
   */
  public Assembly assemble(Checkpoint checkpoint) throws IOException {
    FamilyLayout layout =
        FamilyLayout.of(
            config.family(),
            !config.projector().typeName().equals("linear"),
            checkpoint.tensors().keySet());
    ClassifiedTensors stored = ClassifiedTensors.of(checkpoint, layout::meaningOf, Set.of());
    Map<String, Shape> expected = ExpectedTensors.of(config);
    Set<String> towerNames = new LinkedHashSet<>(expected.keySet());
    towerNames.removeIf(name -> !CanonicalNames.isTower(name));
    VisionTowerChoice choice = new TowerChooser(configReport, stored, towerNames).choose(asked);
    ClassifiedTensors tower = openTower(choice, checkpoint.tensors().keySet());
    int rows = keptRows(stored, layout);
    expected.forEach((name, shape) -> place(name, shape, stored, tower, layout, rows));
    accountFor(stored, expected.keySet(), tower != null);
    if (tower != null) {
      accountFor(tower, expected.keySet(), false);
      compareTowers(stored, tower, towerNames);
    }
    return new Assembly(
        rows > 0 ? VocabularyRows.apply(config, rows) : config,
        origins,
        report.build(),
        choice,
        tower == null ? null : tower.source(),
        problems,
        notes);
  }

  private void place(
      String name,
      Shape shape,
      ClassifiedTensors stored,
      @Nullable ClassifiedTensors tower,
      FamilyLayout layout,
      int rows) {
    ClassifiedTensors source = tower != null && CanonicalNames.isTower(name) ? tower : stored;
    if (name.equals(CanonicalNames.LM_HEAD) && config.languageModel().tieWordEmbeddings()) {
      tie(stored, layout);
    } else if (source.has(name)) {
      use(source, name, shape, rows);
    } else {
      report.missing(source == stored ? layout.storedName(name) : name);
    }
  }

  private void compareTowers(
      ClassifiedTensors stored, ClassifiedTensors tower, Set<String> towerNames) {
    if (stored.hasTower()) {
      notes.add(
          "the checkpoint stores a vision tower that is not used; "
              + TensorComparison.describe(stored, tower, towerNames));
    }
  }

  private @Nullable ClassifiedTensors openTower(
      VisionTowerChoice choice, Set<String> namesElsewhere) throws IOException {
    if (choice.directory() == null) {
      return null;
    }
    Checkpoint file = files.open(choice.directory());
    TowerLayout names = TowerLayout.of(config.visionTower().type(), file.tensors().keySet());
    return ClassifiedTensors.of(file, names::meaningOf, namesElsewhere);
  }

  /** Returns how many embedding rows are used, 0 if that cannot be told. */
  private int keptRows(ClassifiedTensors stored, FamilyLayout layout) {
    if (!stored.has(CanonicalNames.EMBEDDING)
        || stored.info(CanonicalNames.EMBEDDING).shape().rank() != 2) {
      return 0;
    }
    TensorInfo embedding = stored.info(CanonicalNames.EMBEDDING);
    int rows = Math.toIntExact(Math.min(Integer.MAX_VALUE, embedding.shape().dim(0)));
    int configured = config.languageModel().vocabSize();
    if (rows != configured) {
      notes.add(
          "vocab_size is "
              + configured
              + ", the stored embedding has "
              + rows
              + " rows, which count");
    }
    int ids = tokenizerLength.orElse(rows);
    if (ids > rows) {
      problems.add(
          "tensor '"
              + embedding.name()
              + "' in "
              + embedding.file()
              + ": expected a row for each of the tokenizer's "
              + ids
              + " ids, found "
              + rows
              + " rows; use the tokenizer that belongs to this checkpoint, or initialise its new"
              + " tokens first");
    } else if (ids < rows && layout.cutsRowsBeyondTokenizer()) {
      notes.add(
          "cut " + (rows - ids) + " of " + rows + " embedding rows beyond the tokenizer's ids");
      return ids;
    }
    return rows;
  }

  private void use(ClassifiedTensors source, String name, Shape configured, int rows) {
    TensorInfo info = source.info(name);
    report.used(source.labelOf(name), info.file());
    Shape shown = configured;
    Shape wanted = configured;
    if (CanonicalNames.hasVocabularyRows(name) && rows > 0) {
      // The stored embedding decides the rows; the head must have as many.
      wanted = Shape.of(source.info(CanonicalNames.EMBEDDING).shape().dim(0), configured.dim(1));
      shown = Shape.of(rows, configured.dim(1));
    }
    if (!info.shape().equals(wanted)) {
      problems.add(where(info) + "expected shape " + wanted + ", found " + info.shape());
    }
    if (!DTYPES.contains(info.dtype())) {
      problems.add(
          where(info) + "expected one of the types F16, BF16, F32, F64, found " + info.dtype());
    }
    origins.put(name, new MappedWeights.Origin(source.source(), source.storedName(name), shown));
  }

  private void tie(ClassifiedTensors stored, FamilyLayout layout) {
    String embedding = CanonicalNames.EMBEDDING;
    MappedWeights.Origin origin = origins.get(embedding);
    String head = layout.storedName(CanonicalNames.LM_HEAD);
    report.tied(head, layout.storedName(embedding));
    if (origin == null) {
      return; // the embedding itself is reported as missing
    }
    origins.put(CanonicalNames.LM_HEAD, origin);
    if (stored.has(CanonicalNames.LM_HEAD) && !isSame(stored, embedding, CanonicalNames.LM_HEAD)) {
      problems.add(
          where(stored.info(CanonicalNames.LM_HEAD))
              + "expected the values of '"
              + layout.storedName(embedding)
              + "', since tie_word_embeddings is true, found others; set it to false in "
              + configReport.file()
              + " if the stored head is right");
    }
  }

  private static boolean isSame(ClassifiedTensors stored, String a, String b) {
    return stored.info(a).shape().equals(stored.info(b).shape())
        && TensorComparison.isEqual(
            stored.source().tensor(stored.storedName(a)),
            stored.source().tensor(stored.storedName(b)));
  }

  /** Reports the tensors of a source that are not used. */
  private void accountFor(
      ClassifiedTensors source, Set<String> expected, boolean towerIsElsewhere) {
    for (String name : source.canonicalNames()) {
      String label = source.labelOf(name);
      if (CanonicalNames.isTower(name) && towerIsElsewhere) {
        report.ignored(label, OTHER_TOWER);
      } else if (!expected.contains(name)) {
        if (TowerDepth.isBeyond(name, config)) {
          report.ignored(label, UNSELECTED_LAYER);
        } else {
          report.unused(label);
        }
      }
    }
    source.ignored().forEach(report::ignored);
    source.unknown().forEach(report::unused);
  }

  private static String where(TensorInfo info) {
    return "tensor '" + info.name() + "' in " + info.file() + ": ";
  }
}
