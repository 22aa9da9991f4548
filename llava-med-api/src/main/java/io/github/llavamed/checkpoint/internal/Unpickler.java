package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pickle as data: a stack machine that knows plain values and nothing that executes.
 *
 * <p>Names outside {@link PickleAllowList} and instructions outside {@link PickleOpcode} end the
 * reading at once. No loop or recursion depends on how deep values are nested. Confined to one
 * thread.
 */
final class Unpickler {
  private final PickleInput input;
  private final CheckpointLimits limits;
  private final List<PickleValue> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, PickleValue> memo = new HashMap<>();
  private int objects;

  private Unpickler(PickleInput input, CheckpointLimits limits) {
    this.input = input;
    this.limits = limits;
  }

  /** Returns the value of a pickle. */
  static PickleValue read(MappedFile file, byte[] pickle, CheckpointLimits limits) {
    return new Unpickler(new PickleInput(file, pickle), limits).run();
  }

  private PickleValue run() {
    while (true) {
      int opcode = input.unsignedByte();
      if (opcode == PickleOpcode.STOP) {
        return pop();
      }
      if (!pushScalar(opcode) && !pushContainer(opcode) && !fill(opcode) && !memoize(opcode)) {
        call(opcode);
      }
    }
  }

  private boolean pushScalar(int opcode) {
    switch (opcode) {
      case PickleOpcode.BININT -> push(new PickleValue.Int(input.signedInt()));
      case PickleOpcode.BININT1 -> push(new PickleValue.Int(input.unsignedByte()));
      case PickleOpcode.BININT2 -> push(new PickleValue.Int(input.unsignedShort()));
      case PickleOpcode.LONG1 -> push(longInteger(input.unsignedByte()));
      case PickleOpcode.NEWTRUE -> push(new PickleValue.Bool(true));
      case PickleOpcode.NEWFALSE -> push(new PickleValue.Bool(false));
      case PickleOpcode.BINUNICODE -> push(new PickleValue.Text(input.text(input.unsignedInt())));
      case PickleOpcode.SHORT_BINUNICODE ->
          push(new PickleValue.Text(input.text(input.unsignedByte())));
      case PickleOpcode.NONE -> pushOpaque(0);
      case PickleOpcode.BINFLOAT -> pushOpaque(8);
      case PickleOpcode.BINBYTES -> pushOpaque(input.unsignedInt());
      case PickleOpcode.SHORT_BINBYTES -> pushOpaque(input.unsignedByte());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void pushOpaque(long bytes) {
    input.skip(bytes);
    push(PickleValue.Opaque.VALUE);
  }

  private PickleValue longInteger(int length) {
    if (length > 8) {
      input.skip(length);
      return PickleValue.Opaque.VALUE;
    }
    return new PickleValue.Int(input.integer(length));
  }

  private boolean pushContainer(int opcode) {
    switch (opcode) {
      case PickleOpcode.MARK -> {
        countObject();
        marks.add(stack.size());
      }
      case PickleOpcode.EMPTY_DICT -> push(new PickleValue.Dict(false));
      case PickleOpcode.EMPTY_LIST -> push(new PickleValue.Items());
      case PickleOpcode.EMPTY_TUPLE -> pushTuple(List.of());
      case PickleOpcode.TUPLE -> pushTuple(popToMark());
      case PickleOpcode.TUPLE1 -> pushTuple(pop(1));
      case PickleOpcode.TUPLE2 -> pushTuple(pop(2));
      case PickleOpcode.TUPLE3 -> pushTuple(pop(3));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void pushTuple(List<PickleValue> items) {
    PickleValue.Tuple tuple = new PickleValue.Tuple(items);
    if (tuple.depth() > limits.nestingDepth()) {
      throw input.malformed(
          CheckpointRule.PICKLE_DEPTH, "at most " + limits.nestingDepth(), tuple.depth());
    }
    push(tuple);
  }

  private boolean fill(int opcode) {
    switch (opcode) {
      case PickleOpcode.APPEND -> append(pop(1));
      case PickleOpcode.APPENDS -> append(popToMark());
      case PickleOpcode.SETITEM -> setItems(pop(2));
      case PickleOpcode.SETITEMS -> setItems(popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void append(List<PickleValue> items) {
    if (!(top() instanceof PickleValue.Items list)) {
      throw badStack("a list under the items", top());
    }
    list.items().addAll(items);
  }

  private void setItems(List<PickleValue> items) {
    if (!(top() instanceof PickleValue.Dict dict) || items.size() % 2 != 0) {
      throw badStack("a dictionary under pairs", top());
    }
    for (int i = 0; i < items.size(); i += 2) {
      dict.put(items.get(i), items.get(i + 1));
    }
  }

  private boolean memoize(int opcode) {
    switch (opcode) {
      case PickleOpcode.BINPUT -> remember(input.unsignedByte());
      case PickleOpcode.LONG_BINPUT -> remember(input.unsignedInt());
      case PickleOpcode.MEMOIZE -> remember(memo.size());
      case PickleOpcode.BINGET -> push(remembered(input.unsignedByte()));
      case PickleOpcode.LONG_BINGET -> push(remembered(input.unsignedInt()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void remember(long slot) {
    if (memo.put(slot, top()) == null) {
      countObject();
    }
  }

  private PickleValue remembered(long slot) {
    PickleValue value = memo.get(slot);
    if (value == null) {
      throw input.malformed(CheckpointRule.PICKLE_MEMO, "a slot that was set", slot);
    }
    return value;
  }

  private void call(int opcode) {
    switch (opcode) {
      case PickleOpcode.PROTO -> checkProtocol(input.unsignedByte());
      case PickleOpcode.FRAME -> input.skip(8); // Frames only help readers that buffer.
      case PickleOpcode.GLOBAL -> push(allowed(input.line(), input.line()));
      case PickleOpcode.STACK_GLOBAL -> {
        List<PickleValue> names = pop(2);
        push(allowed(text(names.get(0)), text(names.get(1))));
      }
      case PickleOpcode.BINPERSID -> push(PickleCalls.storage(input, pop()));
      case PickleOpcode.REDUCE -> {
        List<PickleValue> call = pop(2);
        push(PickleCalls.reduce(input, call.get(0), call.get(1)));
      }
      case PickleOpcode.BUILD -> build(pop());
      default ->
          throw input.malformed(
              CheckpointRule.PICKLE_OPCODE,
              "an instruction that builds plain values",
              "opcode 0x%02x%s".formatted(opcode, printable(opcode)));
    }
  }

  private void checkProtocol(int protocol) {
    if (protocol < 2 || protocol > 4) {
      throw input.malformed(CheckpointRule.PICKLE_PROTOCOL, "2, 3 or 4", protocol);
    }
  }

  private PickleValue allowed(String module, String name) {
    PickleValue value = PickleAllowList.find(module, name);
    if (value == null) {
      throw input.malformed(
          CheckpointRule.PICKLE_GLOBAL,
          "tensors and dictionaries only",
          "'" + JsonHeader.firstLine(module + "." + name) + "'");
    }
    return value;
  }

  /**
   * Drops the state of a dictionary ({@code _metadata} of a state_dict), which holds no tensors.
   */
  private void build(PickleValue state) {
    boolean plain = top() instanceof PickleValue.Dict dict && dict.isOrdered();
    if (!plain || !(state instanceof PickleValue.Dict)) {
      throw input.malformed(
          CheckpointRule.PICKLE_BUILD,
          "an OrderedDict and a dictionary",
          PickleCalls.describe(top()) + " and " + PickleCalls.describe(state));
    }
  }

  private String text(PickleValue value) {
    if (value instanceof PickleValue.Text text) {
      return text.value();
    }
    throw badStack("a string", value);
  }

  private void countObject() {
    if (++objects > limits.pickleObjects()) {
      throw input.malformed(
          CheckpointRule.PICKLE_OBJECTS, "at most " + limits.pickleObjects(), "more");
    }
  }

  private void push(PickleValue value) {
    countObject();
    stack.add(value);
  }

  private PickleValue top() {
    if (stack.size() <= floor()) {
      throw badStack("a value", null);
    }
    return stack.get(stack.size() - 1);
  }

  private PickleValue pop() {
    PickleValue value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<PickleValue> pop(int count) {
    if (stack.size() - count < floor()) {
      throw badStack(count + " values", null);
    }
    return popFrom(stack.size() - count);
  }

  private List<PickleValue> popToMark() {
    if (marks.isEmpty()) {
      throw badStack("a mark", null);
    }
    return popFrom(marks.remove(marks.size() - 1));
  }

  private List<PickleValue> popFrom(int start) {
    List<PickleValue> top = stack.subList(start, stack.size());
    List<PickleValue> values = new ArrayList<>(top);
    top.clear();
    return values;
  }

  /** Values below the last mark belong to an outer container. */
  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private MalformedCheckpointException badStack(String expected, @Nullable PickleValue found) {
    return input.malformed(
        CheckpointRule.PICKLE_STACK,
        expected,
        found == null ? "nothing" : PickleCalls.describe(found));
  }

  private static String printable(int opcode) {
    return opcode > 0x20 && opcode < 0x7f ? " '" + (char) opcode + "'" : "";
  }
}
