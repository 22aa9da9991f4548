package io.github.llavamed.checkpoint.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.llavamed.checkpoint.CheckpointLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Opens strict JSON parsers over hostile bytes: UTF-8 only, bounded depth, names and numbers. */
final class JsonHeader {
  private static final int MAX_SHOWN = 200;

  private JsonHeader() {}

  /** Returns a parser that stands before the first token. */
  static JsonParser parser(byte[] utf8, CheckpointLimits limits) throws IOException {
    // A reader, since a parser over bytes would guess UTF-16 and UTF-32.
    Reader reader = new InputStreamReader(new ByteArrayInputStream(utf8), StandardCharsets.UTF_8);
    return factory(limits).createParser(reader);
  }

  private static JsonFactory factory(CheckpointLimits limits) {
    JsonFactoryBuilder builder = new JsonFactoryBuilder();
    builder.streamReadConstraints(
        StreamReadConstraints.builder().maxNestingDepth(limits.nestingDepth()).build());
    // No symbol table: names are used once, and its collision guard throws unchecked.
    builder.disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES);
    builder.disable(JsonFactory.Feature.INTERN_FIELD_NAMES);
    return builder.build();
  }

  /** Returns a short form of a text of unknown length, for messages. */
  static String firstLine(@Nullable String text) {
    if (text == null) {
      return "the end";
    }
    String line = text.lines().findFirst().orElse("nothing");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
  }

  /** Returns whether all surrogates of a text come in pairs, so that it has a UTF-8 form. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)
          && (++i == text.length() || !Character.isLowSurrogate(text.charAt(i)))) {
        return false;
      }
    }
    return true;
  }
}
