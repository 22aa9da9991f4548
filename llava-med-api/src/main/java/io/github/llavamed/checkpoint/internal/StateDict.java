package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the tensors of a pickled dictionary; those of inner dictionaries as {@code outer.inner}.
 *
 * <p>Values that are neither tensors nor dictionaries (an epoch, a note) are passed over. Confined
 * to one thread.
 */
final class StateDict {
  /** Nested names grow by their prefixes; this bounds their sum. */
  private static final int MAX_NAME = 1024;

  private final MappedFile file;
  private final CheckpointLimits limits;
  private final Map<String, PickleValue.Tensor> tensors = new LinkedHashMap<>();
  private int visited;

  StateDict(MappedFile file, CheckpointLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  /** Returns the tensors by name, in the order of the dictionaries. */
  Map<String, PickleValue.Tensor> flatten(PickleValue root) {
    if (!(root instanceof PickleValue.Dict dict)) {
      throw badStructure("top level", "a dictionary", PickleCalls.describe(root));
    }
    collect("", dict, 1);
    return tensors;
  }

  private void collect(String prefix, PickleValue.Dict dict, int depth) {
    if (depth > limits.nestingDepth()) {
      throw file.malformed(
          CheckpointRule.PICKLE_DEPTH, where(prefix), "at most " + limits.nestingDepth(), "more");
    }
    for (int i = 0; i < dict.size(); i++) {
      countVisit();
      PickleValue value = dict.value(i);
      if (value instanceof PickleValue.Tensor tensor) {
        add(name(prefix, dict.key(i)), tensor);
      } else if (value instanceof PickleValue.Dict inner) {
        collect(name(prefix, dict.key(i)) + ".", inner, depth + 1);
      } else {
        rejectTensors(prefix, value, depth + 1);
      }
    }
  }

  private void add(String name, PickleValue.Tensor tensor) {
    if (tensors.put(name, tensor) != null) {
      throw file.malformed(
          CheckpointRule.TENSOR_NAME_UNIQUE, where(name), "one entry of that name", "two");
    }
    if (tensors.size() > limits.tensors()) {
      throw file.malformed(
          CheckpointRule.TENSOR_COUNT, "data.pkl", "at most " + limits.tensors(), "more");
    }
  }

  /** A tensor in a list has no name; leaving it out silently would lose weights. */
  private void rejectTensors(String prefix, PickleValue value, int depth) {
    if (depth > limits.nestingDepth()) {
      throw file.malformed(
          CheckpointRule.PICKLE_DEPTH, where(prefix), "at most " + limits.nestingDepth(), "more");
    }
    Iterable<PickleValue> items =
        value instanceof PickleValue.Tuple tuple
            ? tuple.items()
            : value instanceof PickleValue.Items list ? list.items() : List.of();
    for (PickleValue item : items) {
      countVisit();
      if (item instanceof PickleValue.Tensor || item instanceof PickleValue.Dict) {
        throw badStructure(where(prefix), "tensors in dictionaries only", "one in a list or tuple");
      }
      rejectTensors(prefix, item, depth + 1);
    }
  }

  private String name(String prefix, PickleValue key) {
    String own;
    if (key instanceof PickleValue.Text text) {
      own = text.value();
    } else if (key instanceof PickleValue.Int number) {
      own = Long.toString(number.value());
    } else {
      throw badStructure(where(prefix), "a string as name", PickleCalls.describe(key));
    }
    if (prefix.length() + own.length() > MAX_NAME) {
      throw badStructure(where(prefix), "names of at most 1024 characters", "a longer one");
    }
    return prefix + own;
  }

  /** Shared dictionaries are walked once for each way to them; this bounds the ways. */
  private void countVisit() {
    if (++visited > limits.pickleObjects()) {
      throw file.malformed(
          CheckpointRule.PICKLE_OBJECTS, "data.pkl", "at most " + limits.pickleObjects(), "more");
    }
  }

  private MalformedCheckpointException badStructure(String where, String expected, String found) {
    return file.malformed(CheckpointRule.PICKLE_STRUCTURE, where, expected, found);
  }

  private static String where(String name) {
    return name.isEmpty() ? "data.pkl" : "'" + JsonHeader.firstLine(name) + "'";
  }
}
