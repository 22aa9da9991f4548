package io.github.llavamed.trainer.internal.report;

import io.github.llavamed.training.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the figures of each step as an event file that TensorBoard reads.
 *
 * <p>Field numbers are those of TensorFlow's {@code event.proto} and {@code summary.proto}; tags
 * are those of transformers where it has them. Confined to one thread.
 */
final class EventFile implements AutoCloseable {
  private static final String VERSION = "brain.Event:2";

  private static final int EVENT_WALL_TIME = 1;
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int EVENT_SESSION_LOG = 7;
  private static final int SESSION_STATUS = 1;
  private static final int SESSION_START = 1;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE = 2;

  private static final double NANOS = 1e9;

  private final RecordFile records;
  private final Clock clock;

  private EventFile(RecordFile records, Clock clock) {
    this.records = records;
    this.clock = clock;
  }

  /**
   * Begins a new file in a directory. Files of earlier runs stay; TensorBoard drops their events
   * from the first step on.
   *
   * @param firstStep the step that comes first
   */
  static EventFile open(Path directory, long firstStep, Clock clock) throws IOException {
    Files.createDirectories(directory);
    Instant now = clock.instant();
    String name =
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.%09d.llavamed",
            now.getEpochSecond(),
            now.getNano());
    RecordFile records =
        new RecordFile(
            Files.newOutputStream(directory.resolve(name), StandardOpenOption.CREATE_NEW));
    EventFile file = new EventFile(records, clock);
    records.write(file.event().string(EVENT_FILE_VERSION, VERSION).toBytes());
    ProtoMessage start = new ProtoMessage().int64(SESSION_STATUS, SESSION_START);
    records.write(
        file.event().int64(EVENT_STEP, firstStep).message(EVENT_SESSION_LOG, start).toBytes());
    return file;
  }

  void write(StepMetrics metrics) throws IOException {
    ProtoMessage summary = new ProtoMessage();
    scalars(metrics)
        .forEach(
            (tag, value) ->
                summary.message(
                    SUMMARY_VALUE,
                    new ProtoMessage().string(VALUE_TAG, tag).float32(VALUE_SIMPLE, value)));
    records.write(
        event().int64(EVENT_STEP, metrics.step()).message(EVENT_SUMMARY, summary).toBytes());
  }

  private static Map<String, Float> scalars(StepMetrics metrics) {
    Map<String, Float> scalars = new LinkedHashMap<>();
    scalars.put("train/loss", (float) metrics.loss());
    scalars.put("train/learning_rate", (float) metrics.learningRate());
    scalars.put("train/grad_norm", (float) metrics.gradNorm());
    scalars.put("train/epoch", (float) metrics.epoch());
    scalars.put("train/tokens_per_second", (float) metrics.tokensPerSecond());
    scalars.put("train/trained_tokens", (float) metrics.trainedTokens());
    scalars.put("train/memory_bytes", (float) metrics.memoryBytes());
    return scalars;
  }

  private ProtoMessage event() {
    Instant now = clock.instant();
    return new ProtoMessage()
        .float64(EVENT_WALL_TIME, now.getEpochSecond() + now.getNano() / NANOS);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
