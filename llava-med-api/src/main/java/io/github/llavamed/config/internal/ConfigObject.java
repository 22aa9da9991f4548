package io.github.llavamed.config.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.config.UnsupportedModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to one JSON object of a configuration file; every failure names file, key and value.
 *
 * <p>JSON {@code null} counts as absent unless a method says otherwise. Remembers which keys were
 * asked for, so that the rest can be listed. Confined to one thread.
 */
public final class ConfigObject {
  private static final int SHOWN_CHARS = 120;

  private final Path file;
  private final String prefix;
  private final ObjectNode node;
  private final Set<String> asked = new HashSet<>();
  private final Map<String, ConfigObject> children = new LinkedHashMap<>();

  /** Wraps the top object of {@code file}. */
  public ConfigObject(Path file, ObjectNode node) {
    this(file, "", node);
  }

  private ConfigObject(Path file, String prefix, ObjectNode node) {
    this.file = file;
    this.prefix = prefix;
    this.node = node;
  }

  /** Returns the file that holds the object. */
  public Path file() {
    return file;
  }

  /** Returns true if the key is there, even with {@code null}. */
  public boolean isPresent(String key) {
    asked.add(key);
    return node.has(key);
  }

  /** Returns true if the key is there and not {@code null}. */
  public boolean has(String key) {
    asked.add(key);
    return node.hasNonNull(key);
  }

  /** Returns a nested object, or null if the key is absent. */
  public @Nullable ConfigObject object(String key) {
    if (!has(key)) {
      return null;
    }
    if (!(node.get(key) instanceof ObjectNode child)) {
      throw unsupported(key, "an object");
    }
    return children.computeIfAbsent(key, k -> new ConfigObject(file, prefix + key + ".", child));
  }

  /** Returns a nested object, or one without keys if the key is absent. */
  public ConfigObject objectOrEmpty(String key) {
    ConfigObject child = object(key);
    return child != null ? child : new ConfigObject(file, prefix + key + ".", node.objectNode());
  }

  /** Returns a non-blank string, or null if the key is absent. */
  public @Nullable String string(String key) {
    if (!has(key)) {
      return null;
    }
    JsonNode value = node.get(key);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw unsupported(key, "a non-blank string");
    }
    return value.textValue();
  }

  /** Returns the strings of an array, none if the key is absent. */
  public List<String> strings(String key) {
    if (!has(key)) {
      return List.of();
    }
    List<String> values = new ArrayList<>();
    if (!(node.get(key) instanceof ArrayNode array)) {
      throw unsupported(key, "an array of strings");
    }
    for (JsonNode value : array) {
      if (!value.isTextual()) {
        throw unsupported(key, "an array of strings");
      }
      values.add(value.textValue());
    }
    return values;
  }

  /** Returns a boolean, or {@code absent} if the key is absent. */
  public boolean bool(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    JsonNode value = node.get(key);
    if (!value.isBoolean()) {
      throw unsupported(key, "true or false");
    }
    return value.booleanValue();
  }

  /** Returns an integer in {@code min … max}, or {@code absent} if the key is absent. */
  public int integer(String key, int min, int max, int absent) {
    return has(key) ? requiredInteger(key, min, max) : absent;
  }

  /** Returns an integer in {@code min … max}, or null if the key is absent. */
  public @Nullable Integer optionalInteger(String key, int min, int max) {
    return has(key) ? Integer.valueOf(requiredInteger(key, min, max)) : null;
  }

  /** Returns an integer in {@code min … max}; an absent key is an error. */
  public int requiredInteger(String key, int min, int max) {
    String expected = "an integer from " + min + " to " + max;
    if (!has(key)) {
      throw missing(key, expected);
    }
    return toInteger(key, node.get(key), min, max, expected);
  }

  /** Returns one integer or an array of integers in {@code min … max}, none if absent. */
  public List<Integer> integers(String key, int min, int max) {
    if (!has(key)) {
      return List.of();
    }
    String expected = "an integer from " + min + " to " + max + ", or an array of them";
    JsonNode value = node.get(key);
    if (!(value instanceof ArrayNode array)) {
      return List.of(toInteger(key, value, min, max, expected));
    }
    List<Integer> values = new ArrayList<>();
    for (JsonNode element : array) {
      values.add(toInteger(key, element, min, max, expected));
    }
    return values;
  }

  /** Returns an integer above 0, null if the key is absent or the value exceeds an int. */
  public @Nullable Integer positiveOrUnbounded(String key) {
    if (has(key) && node.get(key).isIntegralNumber() && !node.get(key).canConvertToInt()) {
      if (node.get(key).bigIntegerValue().signum() > 0) {
        return null;
      }
    }
    return optionalInteger(key, 1, Integer.MAX_VALUE);
  }

  /** Returns a finite number above 0, or {@code absent} if the key is absent. */
  public double positive(String key, double absent) {
    if (!has(key)) {
      return absent;
    }
    JsonNode value = node.get(key);
    double number = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(number > 0) || Double.isInfinite(number)) {
      throw unsupported(key, "a number above 0");
    }
    return number;
  }

  /** Returns what a name stands for, or {@code absent} if the key is absent. */
  public <T> T named(String key, Map<String, T> allowed, T absent) {
    if (!has(key)) {
      return absent;
    }
    JsonNode value = node.get(key);
    T found = value.isTextual() ? allowed.get(value.textValue()) : null;
    if (found == null) {
      throw unsupported(key, oneOf(allowed.keySet()));
    }
    return found;
  }

  /** Returns the exception for a value that is not supported. */
  public UnsupportedModelException unsupported(String key, String expected) {
    return new UnsupportedModelException(
        where(key) + " is " + shown(key) + ", expected " + expected);
  }

  /** Returns the exception for an absent key. */
  public UnsupportedModelException missing(String key, String expected) {
    return new UnsupportedModelException(where(key) + " is absent, expected " + expected);
  }

  /** Returns {@code FILE: key 'KEY'}, the beginning of every message. */
  public String where(String key) {
    return file + ": key '" + prefix + key + "'";
  }

  /** Sets a value in memory. */
  public void put(String key, String value) {
    node.put(key, value);
  }

  /** Sets a value in memory. */
  public void put(String key, boolean value) {
    node.put(key, value);
  }

  /** Sets a value in memory. */
  public void put(String key, int value) {
    node.put(key, value);
  }

  /** Sets an array of one string in memory. */
  public void putArray(String key, String value) {
    node.putArray(key).add(value);
  }

  /** Returns the keys, dotted, that were neither asked for nor are in {@code known}, sorted. */
  public List<String> unknownKeys(Set<String> known) {
    Set<String> unknown = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!asked.contains(entry.getKey()) && !known.contains(entry.getKey())) {
        unknown.add(prefix + entry.getKey());
      }
    }
    children.values().forEach(child -> unknown.addAll(child.unknownKeys(known)));
    return List.copyOf(unknown);
  }

  /** Returns {@code one of 'a', 'b'}. */
  public static String oneOf(Iterable<String> names) {
    return "one of '" + String.join("', '", new TreeSet<>(setOf(names))) + "'";
  }

  private static Set<String> setOf(Iterable<String> names) {
    Set<String> set = new HashSet<>();
    names.forEach(set::add);
    return set;
  }

  private int toInteger(String key, JsonNode value, int min, int max, String expected) {
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw unsupported(key, expected);
    }
    return value.intValue();
  }

  private String shown(String key) {
    String text = String.valueOf(node.get(key));
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
  }
}
