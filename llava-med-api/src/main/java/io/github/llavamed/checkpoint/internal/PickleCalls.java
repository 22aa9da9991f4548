package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import io.github.llavamed.checkpoint.internal.PickleValue.Bool;
import io.github.llavamed.checkpoint.internal.PickleValue.Dict;
import io.github.llavamed.checkpoint.internal.PickleValue.Function;
import io.github.llavamed.checkpoint.internal.PickleValue.Int;
import io.github.llavamed.checkpoint.internal.PickleValue.Storage;
import io.github.llavamed.checkpoint.internal.PickleValue.StorageType;
import io.github.llavamed.checkpoint.internal.PickleValue.Tensor;
import io.github.llavamed.checkpoint.internal.PickleValue.Text;
import io.github.llavamed.checkpoint.internal.PickleValue.Tuple;
import java.util.List;
import java.util.Locale;

/** Turns the calls that torch.save writes into descriptions, after checking their arguments. */
final class PickleCalls {
  private PickleCalls() {}

  /** Returns the description that a call stands for. */
  static PickleValue reduce(PickleInput input, PickleValue callable, PickleValue arguments) {
    if (!(callable instanceof Function function) || !(arguments instanceof Tuple tuple)) {
      throw input.malformed(
          CheckpointRule.PICKLE_CALL,
          "a function of the allow-list and a tuple",
          describe(callable) + " and " + describe(arguments));
    }
    List<PickleValue> items = tuple.items();
    return switch (function) {
      case ORDERED_DICT -> orderedDict(input, items);
      case REBUILD_TENSOR -> tensor(input, items);
      case REBUILD_PARAMETER -> parameter(input, items);
      case SIZE -> size(input, items);
    };
  }

  /** Returns the storage that a persistent id names. */
  static Storage storage(PickleInput input, PickleValue id) {
    boolean valid =
        id instanceof Tuple tuple
            && tuple.items().size() == 5
            && tuple.items().get(0) instanceof Text tag
            && tag.value().equals("storage")
            && tuple.items().get(1) instanceof StorageType
            && tuple.items().get(2) instanceof Text
            && tuple.items().get(3) instanceof Text
            && tuple.items().get(4) instanceof Int count
            && count.value() >= 0;
    if (!valid) {
      throw input.malformed(
          CheckpointRule.STORAGE_REFERENCE,
          "that tuple",
          id instanceof Tuple tuple
              ? tuple.items().stream().map(PickleCalls::describe).toList()
              : describe(id));
    }
    List<PickleValue> items = ((Tuple) id).items();
    return new Storage(
        ((StorageType) items.get(1)).dtype(),
        ((Text) items.get(2)).value(),
        ((Int) items.get(4)).value());
  }

  private static PickleValue orderedDict(PickleInput input, List<PickleValue> items) {
    if (!items.isEmpty()) {
      throw badCall(input, "OrderedDict()", items);
    }
    return new Dict(true);
  }

  /** Arguments: storage, offset, size, stride, requires_grad, backward_hooks[, metadata]. */
  private static PickleValue tensor(PickleInput input, List<PickleValue> items) {
    boolean valid =
        (items.size() == 6 || items.size() == 7)
            && items.get(0) instanceof Storage
            && items.get(1) instanceof Int
            && items.get(2) instanceof Tuple
            && items.get(3) instanceof Tuple
            && items.get(4) instanceof Bool
            && items.get(5) instanceof Dict hooks
            && hooks.size() == 0;
    if (!valid) {
      throw badCall(input, "(storage, offset, size, stride, requires_grad, {})", items);
    }
    return new Tensor(
        (Storage) items.get(0),
        ((Int) items.get(1)).value(),
        integers(input, ((Tuple) items.get(2)).items()),
        integers(input, ((Tuple) items.get(3)).items()));
  }

  /** Arguments: data, requires_grad, backward_hooks. */
  private static PickleValue parameter(PickleInput input, List<PickleValue> items) {
    boolean valid =
        items.size() == 3
            && items.get(0) instanceof Tensor
            && items.get(1) instanceof Bool
            && items.get(2) instanceof Dict hooks
            && hooks.size() == 0;
    if (!valid) {
      throw badCall(input, "(tensor, requires_grad, {})", items);
    }
    return items.get(0);
  }

  private static PickleValue size(PickleInput input, List<PickleValue> items) {
    if (items.size() != 1 || !(items.get(0) instanceof Tuple tuple)) {
      throw badCall(input, "Size((...))", items);
    }
    integers(input, tuple.items());
    return tuple;
  }

  private static long[] integers(PickleInput input, List<PickleValue> items) {
    long[] values = new long[items.size()];
    for (int i = 0; i < values.length; i++) {
      if (!(items.get(i) instanceof Int item)) {
        throw badCall(input, "integers", items);
      }
      values[i] = item.value();
    }
    return values;
  }

  private static MalformedCheckpointException badCall(
      PickleInput input, String expected, List<PickleValue> found) {
    return input.malformed(
        CheckpointRule.PICKLE_CALL,
        expected,
        found.stream().limit(8).map(PickleCalls::describe).toList());
  }

  /** Returns the kind of a value, never its content: hostile values may be deep or huge. */
  static String describe(PickleValue value) {
    return value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
