package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.TensorData;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a torch archive: a zip file with a pickle that describes tensors and an entry per storage.
 *
 * <p>Source: the layout that {@code torch.save} writes since version 1.6.
 */
public final class TorchReader {
  private static final String PICKLE = "data.pkl";
  private static final int MAX_BYTE_ORDER_BYTES = 16;

  private TorchReader() {}

  /** Reads the directory and the pickle of a mapped file and lays out its tensors. */
  public static TensorFile read(MappedFile file, CheckpointLimits limits) {
    Map<String, ZipDirectory.Entry> entries = ZipDirectory.read(file, limits);
    String folder = folder(file, entries);
    checkByteOrder(file, entries.get(folder + "byteorder"));
    ZipDirectory.Entry pickle = entries.get(folder + PICKLE);
    if (pickle == null) {
      throw new IllegalStateException("the folder was found by its data.pkl");
    }
    if (pickle.size() > limits.pickleBytes()) {
      throw file.malformed(
          CheckpointRule.PICKLE_LIMIT, PICKLE, "at most " + limits.pickleBytes(), pickle.size());
    }
    byte[] bytes = file.bytes(pickle.start(), (int) pickle.size());
    PickleValue root = Unpickler.read(file, bytes, limits);
    TorchLayout layout = new TorchLayout(file, entries, folder + "data/", limits);
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    new StateDict(file, limits)
        .flatten(root)
        .forEach((name, tensor) -> tensors.put(name, layout.place(name, tensor)));
    return new TensorFile(file, tensors, Map.of());
  }

  private static String folder(MappedFile file, Map<String, ZipDirectory.Entry> entries) {
    List<String> found =
        entries.keySet().stream()
            .filter(name -> name.endsWith("/" + PICKLE))
            .filter(name -> name.indexOf('/') == name.length() - PICKLE.length() - 1)
            .toList();
    if (found.size() != 1) {
      throw file.malformed(
          CheckpointRule.TORCH_RECORD, "zip directory", "one data.pkl", found.size());
    }
    return found.get(0).substring(0, found.get(0).length() - PICKLE.length());
  }

  private static void checkByteOrder(MappedFile file, ZipDirectory.@Nullable Entry entry) {
    if (entry == null) {
      return; // Writers before torch 2.1 had none and were little-endian.
    }
    int length = (int) Math.min(entry.size(), MAX_BYTE_ORDER_BYTES);
    String order = new String(file.bytes(entry.start(), length), StandardCharsets.ISO_8859_1);
    if (!order.equals("little")) {
      throw file.malformed(
          CheckpointRule.TORCH_BYTE_ORDER, "entry 'byteorder'", "'little'", "'" + order + "'");
    }
  }
}
