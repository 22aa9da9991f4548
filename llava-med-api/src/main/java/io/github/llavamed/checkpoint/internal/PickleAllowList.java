package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.DType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The only names that a pickle may mention, compared as a whole: no prefixes, no look-up. */
final class PickleAllowList {
  private static final Map<String, PickleValue> NAMES =
      Map.ofEntries(
          Map.entry("collections.OrderedDict", PickleValue.Function.ORDERED_DICT),
          Map.entry("torch._utils._rebuild_tensor_v2", PickleValue.Function.REBUILD_TENSOR),
          Map.entry("torch._utils._rebuild_parameter", PickleValue.Function.REBUILD_PARAMETER),
          Map.entry("torch.Size", PickleValue.Function.SIZE),
          storage("HalfStorage", DType.F16),
          storage("BFloat16Storage", DType.BF16),
          storage("FloatStorage", DType.F32),
          storage("DoubleStorage", DType.F64),
          storage("LongStorage", DType.I64),
          storage("IntStorage", DType.I32),
          storage("ShortStorage", DType.I16),
          storage("CharStorage", DType.I8),
          storage("ByteStorage", DType.U8),
          storage("BoolStorage", DType.BOOL));

  private PickleAllowList() {}

  /** Returns what a name stands for, or null if it is not allowed. */
  static @Nullable PickleValue find(String module, String name) {
    // A dot within a part would make other splits equal.
    return name.indexOf('.') >= 0 ? null : NAMES.get(module + "." + name);
  }

  private static Map.Entry<String, PickleValue> storage(String name, DType dtype) {
    return Map.entry("torch." + name, new PickleValue.StorageType(dtype));
  }
}
