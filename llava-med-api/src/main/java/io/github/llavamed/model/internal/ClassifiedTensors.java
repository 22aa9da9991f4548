package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSource;
import io.github.llavamed.model.ModelMismatchException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The tensors of one source, sorted by what their names mean. */
final class ClassifiedTensors {
  private final TensorSource source;
  private final Set<String> namesElsewhere;
  private final Map<String, String> storedByCanonical = new LinkedHashMap<>();
  private final Map<String, String> ignored = new LinkedHashMap<>();
  private final List<String> unknown = new ArrayList<>();

  private ClassifiedTensors(TensorSource source, Set<String> namesElsewhere) {
    this.source = source;
    this.namesElsewhere = namesElsewhere;
  }

  /**
   * Sorts the tensors of a source.
   *
   * @param namesElsewhere names that another file of the model uses too; here they are reported
   *     with the file
   * @throws ModelMismatchException if two of them are the same weight
   */
  static ClassifiedTensors of(
      TensorSource source, Function<String, Meaning> names, Set<String> namesElsewhere) {
    ClassifiedTensors sorted = new ClassifiedTensors(source, namesElsewhere);
    for (String stored : source.tensors().keySet()) {
      Meaning meaning = names.apply(stored);
      if (meaning instanceof Meaning.Weight weight) {
        sorted.add(weight.canonical(), stored);
      } else if (meaning instanceof Meaning.Ignored rule) {
        sorted.ignored.put(sorted.label(stored), rule.rule());
      } else {
        sorted.unknown.add(sorted.label(stored));
      }
    }
    return sorted;
  }

  private void add(String canonical, String stored) {
    String other = storedByCanonical.putIfAbsent(canonical, stored);
    if (other != null) {
      throw new ModelMismatchException(
          "tensors '"
              + other
              + "' and '"
              + stored
              + "' in "
              + info(canonical).file()
              + ": expected one tensor for the weight '"
              + canonical
              + "', found two");
    }
  }

  TensorSource source() {
    return source;
  }

  boolean has(String canonical) {
    return storedByCanonical.containsKey(canonical);
  }

  /** Returns the stored name of a weight that is there. */
  String storedName(String canonical) {
    String stored = storedByCanonical.get(canonical);
    if (stored == null) {
      throw new IllegalArgumentException("no stored tensor for '" + canonical + "'");
    }
    return stored;
  }

  /** Returns the description of a weight that is there. */
  TensorInfo info(String canonical) {
    TensorInfo info = source.tensors().get(storedName(canonical));
    if (info == null) {
      throw new IllegalStateException("tensor of '" + canonical + "' is gone from its source");
    }
    return info;
  }

  /** Returns the name under which a weight is reported. */
  String labelOf(String canonical) {
    return label(storedName(canonical));
  }

  private String label(String stored) {
    return namesElsewhere.contains(stored) ? stored + " (in the vision tower's own file)" : stored;
  }

  /** Returns the canonical names, in the order of the source. */
  Set<String> canonicalNames() {
    return storedByCanonical.keySet();
  }

  /** Returns rules by the names under which the ignored tensors are reported. */
  Map<String, String> ignored() {
    return ignored;
  }

  /** Returns the names under which the tensors are reported that no rule knows. */
  List<String> unknown() {
    return unknown;
  }

  boolean hasTower() {
    return storedByCanonical.keySet().stream().anyMatch(CanonicalNames::isTower);
  }

  /** Returns those of the names that are not there, sorted. */
  Set<String> lacking(Set<String> canonical) {
    Set<String> lacking = new TreeSet<>(canonical);
    lacking.removeAll(storedByCanonical.keySet());
    return lacking;
  }
}
