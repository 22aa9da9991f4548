package io.github.llavamed.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of each tensor when a model was loaded. Immutable.
 *
 * <p>Every tensor of the files is used, tied, ignored by a named rule, or unused; every tensor that
 * the model needs and the files lack is missing. Unused and missing ones make a load incomplete.
 */
public final class LoadReport {
  /** What became of a tensor. */
  public enum Outcome {
    /** Read into the model. */
    USED,
    /** Shares the weights of another tensor. */
    TIED,
    /** Left out by a rule. */
    IGNORED,
    /** Needed by the model and not in the files. */
    MISSING,
    /** In the files and not known to the model. */
    UNUSED
  }

  /**
   * One tensor.
   *
   * @param name its name; for missing ones the name that was looked for
   * @param outcome what became of it
   * @param detail the file of a used one, the other name of a tied one, the rule of an ignored one,
   *     otherwise empty
   */
  public record Entry(String name, Outcome outcome, String detail) {}

  private final Map<String, Entry> entries;

  private LoadReport(Map<String, Entry> entries) {
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** Returns an empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns all tensors, in the order in which they were reported. */
  public Collection<Entry> entries() {
    return entries.values();
  }

  /** Returns the tensors with an outcome, in the order in which they were reported. */
  public List<Entry> entries(Outcome outcome) {
    return entries.values().stream().filter(entry -> entry.outcome() == outcome).toList();
  }

  /** Returns the names of the tensors with an outcome, in the order of the reports. */
  public List<String> names(Outcome outcome) {
    return entries(outcome).stream().map(Entry::name).toList();
  }

  /** Returns whether nothing is missing or unused. */
  public boolean isComplete() {
    return names(Outcome.MISSING).isEmpty() && names(Outcome.UNUSED).isEmpty();
  }

  /**
   * Does nothing if the load is complete.
   *
   * @throws IncompleteCheckpointException naming what is missing or unused
   */
  public void throwIfIncomplete() {
    if (!isComplete()) {
      throw new IncompleteCheckpointException(names(Outcome.MISSING), names(Outcome.UNUSED));
    }
  }

  /** Returns the counts by outcome, for example {@code used 291, ignored 32}. */
  @Override
  public String toString() {
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    entries.values().forEach(entry -> counts.merge(entry.outcome(), 1, Integer::sum));
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (outcome, count) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(outcome.name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(count));
    return text.isEmpty() ? "no tensors" : text.toString();
  }

  /**
   * Collects outcomes while a model is loaded. Confined to one thread.
   *
   * <p>Reporting the same outcome of a tensor again changes nothing; reporting another one throws
   * {@link IllegalStateException}.
   */
  public static final class Builder {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private Builder() {}

    /** Reports a tensor that was read from a file. */
    public Builder used(String name, Path file) {
      return add(name, Outcome.USED, file.toString());
    }

    /** Reports a tensor that was read; the file is that of its description. */
    public Builder used(TensorInfo info) {
      return used(info.name(), info.file());
    }

    /** Reports a tensor that shares the weights of another one. */
    public Builder tied(String name, String to) {
      return add(name, Outcome.TIED, to);
    }

    /** Reports a tensor that was left out by a rule. */
    public Builder ignored(String name, String rule) {
      return add(name, Outcome.IGNORED, rule);
    }

    /** Reports a tensor that the model needs and the files lack. */
    public Builder missing(String name) {
      return add(name, Outcome.MISSING, "");
    }

    /** Reports a tensor that the model does not know. */
    public Builder unused(String name) {
      return add(name, Outcome.UNUSED, "");
    }

    /** Reports as unused every tensor of a source that was not reported before. */
    public Builder restUnused(TensorSource source) {
      source.tensors().keySet().stream().filter(name -> !isReported(name)).forEach(this::unused);
      return this;
    }

    /** Returns whether an outcome was reported for a tensor. */
    public boolean isReported(String name) {
      return entries.containsKey(name);
    }

    /** Returns the report of what was reported so far. */
    public LoadReport build() {
      return new LoadReport(entries);
    }

    private Builder add(String name, Outcome outcome, String detail) {
      Entry entry = new Entry(name, outcome, detail);
      Entry before = entries.putIfAbsent(name, entry);
      if (before != null && !before.equals(entry)) {
        throw new IllegalStateException("reported twice: " + before + " and " + entry);
      }
      return this;
    }
  }
}
