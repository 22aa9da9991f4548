package io.github.llavamed.eval.internal.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationLimits;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads pickles (protocols 2 to 5) of lists, dictionaries, texts and numbers, and nothing else.
 *
 * <p>Nothing is ever executed: an opcode that would make another object is an error.
 */
final class PlainPickle {
  private final ByteBuffer in;
  private final String name;
  private final List<JsonNode> stack = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private final Map<Integer, JsonNode> memo = new HashMap<>();

  private PlainPickle(ByteBuffer in, String name) {
    this.in = in;
    this.name = name;
  }

  static JsonNode read(Path file, EvaluationLimits limits) throws IOException {
    long size = Files.size(file);
    if (size > limits.maxFileBytes()) {
      throw new EvaluationException(
          file + ": expected at most " + limits.maxFileBytes() + " bytes, found " + size);
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    try {
      return new PlainPickle(bytes, file.toString()).value();
    } catch (BufferUnderflowException e) {
      throw new EvaluationException(
          file + ": expected a whole pickle, found its end at byte " + size, null, e);
    }
  }

  private JsonNode value() {
    while (true) {
      int opcode = in.get() & 0xFF;
      if (opcode == '.') {
        return pop();
      }
      step(opcode);
    }
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> in.get(); // protocol
      case 0x95 -> in.getLong(); // frame
      case '(' -> marks.push(stack.size());
      case ']' -> stack.add(JsonNodeFactory.instance.arrayNode());
      case '}' -> stack.add(JsonNodeFactory.instance.objectNode());
      case 'N' -> stack.add(NullNode.instance);
      case 0x88 -> stack.add(BooleanNode.TRUE);
      case 0x89 -> stack.add(BooleanNode.FALSE);
      case 'K' -> stack.add(IntNode.valueOf(in.get() & 0xFF));
      case 'M' -> stack.add(IntNode.valueOf(in.getShort() & 0xFFFF));
      case 'J' -> stack.add(IntNode.valueOf(in.getInt()));
      case 'G' -> stack.add(DoubleNode.valueOf(bigEndianDouble()));
      case 'X' -> stack.add(text(in.getInt()));
      case 0x8C -> stack.add(text(in.get() & 0xFF));
      case 'q' -> memo.put(in.get() & 0xFF, peek());
      case 'r' -> memo.put(in.getInt(), peek());
      case 0x94 -> memo.put(memo.size(), peek());
      case 'h' -> stack.add(recall(in.get() & 0xFF));
      case 'j' -> stack.add(recall(in.getInt()));
      case 'a' -> append(List.of(pop()));
      case 'e' -> append(popToMark());
      case 's' -> put(popTwo());
      case 'u' -> put(popToMark());
      default ->
          throw wrong("lists, dictionaries, texts and numbers", "opcode 0x%02x".formatted(opcode));
    }
  }

  private double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
  }

  private TextNode text(int length) {
    if (length < 0 || length > in.remaining()) {
      throw wrong("a text within the file", "a length of " + Integer.toUnsignedString(length));
    }
    String text = StandardCharsets.UTF_8.decode(in.slice(in.position(), length)).toString();
    in.position(in.position() + length);
    return TextNode.valueOf(text);
  }

  private JsonNode recall(int index) {
    JsonNode value = memo.get(index);
    if (value == null || value.isContainerNode()) {
      // A shared container could hold itself.
      throw wrong("a text or number remembered before", "number " + index);
    }
    return value;
  }

  private JsonNode peek() {
    if (stack.isEmpty()) {
      throw wrong("a value", "none");
    }
    return stack.get(stack.size() - 1);
  }

  private JsonNode pop() {
    JsonNode value = peek();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<JsonNode> popTwo() {
    JsonNode second = pop();
    return List.of(pop(), second);
  }

  private List<JsonNode> popToMark() {
    Integer mark = marks.poll();
    if (mark == null || mark > stack.size()) {
      throw wrong("a mark", "none");
    }
    List<JsonNode> tail = stack.subList(mark, stack.size());
    List<JsonNode> values = List.copyOf(tail);
    tail.clear();
    return values;
  }

  private void append(List<JsonNode> values) {
    if (!(peek() instanceof ArrayNode list)) {
      throw wrong("a list", "another value");
    }
    list.addAll(values);
  }

  private void put(List<JsonNode> values) {
    if (!(peek() instanceof ObjectNode object) || values.size() % 2 != 0) {
      throw wrong("a dictionary with pairs", "another value");
    }
    for (int i = 0; i < values.size(); i += 2) {
      if (!values.get(i).isTextual()) {
        throw wrong("texts as keys", "another value");
      }
      object.set(values.get(i).textValue(), values.get(i + 1));
    }
  }

  private EvaluationException wrong(String expected, String found) {
    return new EvaluationException(
        "%s: pickle: expected %s, found %s before byte %d; use the file as published"
            .formatted(name, expected, found, in.position()));
  }
}
