package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.internal.engine.FeatureStore;
import io.github.llavamed.trainer.internal.engine.StoredFeatures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Keeps features in files of a directory, one per image, each with a checksum.
 *
 * <p>Files appear by renaming, so several processes may share the directory. Nothing is ever
 * evicted: with samples in random order that would make room for what is needed as late. Safe for
 * concurrent use.
 */
final class FeatureCache implements FeatureStore {
  /** "LMVF" and the version of the layout. */
  private static final int MAGIC = 0x464D4C01;

  private static final int HEADER_BYTES = 5 * Integer.BYTES;
  private static final String EXTENSION = ".features";

  private final Path directory;
  private final long limit;
  private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
  private final AtomicLong size;
  private final AtomicBoolean closed = new AtomicBoolean();

  private FeatureCache(Path directory, long limit, long size) {
    this.directory = directory;
    this.limit = limit;
    this.size = new AtomicLong(size);
  }

  /**
   * Opens the part of a cache that holds for one tower with its settings.
   *
   * @param root the cache's directory; made if need be
   * @param tower names the part: a hash of everything that features depend on but the image
   * @param limit bytes in {@code root} above which nothing is added
   */
  static FeatureCache open(Path root, String tower, long limit) throws IOException {
    Path directory = root.resolve(tower);
    Files.createDirectories(directory);
    long size = 0;
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(EXTENSION)).toList()) {
        size += Files.size(file);
      }
    }
    return new FeatureCache(directory, limit, size);
  }

  @Override
  public @Nullable StoredFeatures find(String key) {
    Path file = file(key);
    try {
      byte[] bytes = Files.readAllBytes(file);
      StoredFeatures found = parse(bytes);
      if (found == null) {
        warnings.add("feature cache: " + file + " is damaged; computed again");
        if (Files.deleteIfExists(file)) {
          size.addAndGet(-bytes.length);
        }
      }
      return found;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      warnings.add("feature cache: " + file + " cannot be read; computed again: " + e);
      return null;
    }
  }

  @Override
  public void put(String key, StoredFeatures features) {
    if (closed.get()) {
      return;
    }
    int length = HEADER_BYTES + features.bytes().length;
    if (size.addAndGet(length) > limit) {
      size.addAndGet(-length);
      close("has reached its bound of " + limit + " bytes");
      return;
    }
    Path file = file(key);
    try {
      Files.createDirectories(file.getParent());
      // Not createTempFile, whose files other users of a shared cache cannot read.
      Path temporary =
          file.resolveSibling("." + key + "." + ProcessHandle.current().pid() + ".partial");
      try {
        Files.write(temporary, format(features));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      close("cannot be written: " + e);
    }
  }

  /** Adds nothing from now on: the run can do without. */
  private void close(String reason) {
    if (closed.compareAndSet(false, true)) {
      warnings.add(
          "feature cache: %s %s; further images go through the tower each time"
              .formatted(directory.getParent(), reason));
    }
  }

  @Override
  public List<String> takeWarnings() {
    List<String> taken = new ArrayList<>();
    for (String next = warnings.poll(); next != null; next = warnings.poll()) {
      taken.add(next);
    }
    return taken;
  }

  /** Spreads files over 256 folders. */
  private Path file(String key) {
    return directory.resolve(key.substring(0, 2)).resolve(key + EXTENSION);
  }

  private static byte[] format(StoredFeatures features) {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + features.bytes().length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC);
    out.putInt(features.type().value);
    out.putInt(features.rows());
    out.putInt(features.width());
    out.putInt(0);
    out.put(features.bytes());
    out.putInt(HEADER_BYTES - Integer.BYTES, checksum(out.array()));
    return out.array();
  }

  /** Returns null for bytes that {@link #format} did not write. */
  private static @Nullable StoredFeatures parse(byte[] bytes) {
    if (bytes.length < HEADER_BYTES) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt() != MAGIC || in.getInt(HEADER_BYTES - Integer.BYTES) != checksum(bytes)) {
      return null;
    }
    int type = in.getInt();
    int rows = in.getInt();
    int width = in.getInt();
    for (ScalarType known : new ScalarType[] {ScalarType.Float, ScalarType.BFloat16}) {
      int element = known == ScalarType.Float ? Float.BYTES : Short.BYTES;
      if (known.value == type && (long) rows * width * element == bytes.length - HEADER_BYTES) {
        byte[] values = new byte[bytes.length - HEADER_BYTES];
        in.get(HEADER_BYTES, values);
        return new StoredFeatures(known, rows, width, values);
      }
    }
    return null;
  }

  /** Covers everything but its own place. */
  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, HEADER_BYTES - Integer.BYTES);
    crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
    return (int) crc.getValue();
  }
}
