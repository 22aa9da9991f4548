package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.StreamingDecoder;
import java.util.Arrays;

/**
 * Turns ids into text by the fast rules, one id at a time.
 *
 * <p>A run of byte pieces is text only if all of it is valid UTF-8, otherwise each byte becomes
 * U+FFFD, unless the rules keep the characters beside; a run is therefore held back until another
 * token or the end comes. Confined to one thread.
 */
final class FastDecoder implements StreamingDecoder {
  private final FastTokenizer tokenizer;
  private final FastDecoding rules;
  private final boolean skipsSpecial;
  private byte[] run;
  private int runSize;
  private int toStrip;

  FastDecoder(FastTokenizer tokenizer, FastDecoding rules, boolean skipsSpecial) {
    this.tokenizer = tokenizer;
    this.rules = rules;
    this.skipsSpecial = skipsSpecial;
    run = new byte[16];
    toStrip = rules.stripCount();
  }

  private FastDecoder(FastDecoder other) {
    tokenizer = other.tokenizer;
    rules = other.rules;
    skipsSpecial = other.skipsSpecial;
    run = other.run.clone();
    runSize = other.runSize;
    toStrip = other.toStrip;
  }

  @Override
  public FastDecoder copy() {
    return new FastDecoder(this);
  }

  @Override
  public String accept(int id) {
    StringBuilder out = new StringBuilder();
    accept(id, out);
    return out.toString();
  }

  @Override
  public String finish() {
    StringBuilder out = new StringBuilder();
    finish(out);
    return out.toString();
  }

  void accept(int id, StringBuilder out) {
    String token = tokenizer.tokenOf(id);
    if (skipsSpecial && tokenizer.isSpecial(token)) {
      return;
    }
    String text = rules.replace(token);
    int value = rules.byteValue(text);
    if (value >= 0) {
      if (runSize == run.length) {
        run = Arrays.copyOf(run, Math.multiplyExact(runSize, 2));
      }
      run[runSize++] = (byte) value;
    } else {
      endRun(out);
      emit(text, out);
    }
  }

  void finish(StringBuilder out) {
    endRun(out);
    toStrip = rules.stripCount();
  }

  private void endRun(StringBuilder out) {
    if (runSize > 0) {
      String text = Utf8.decode(run, 0, runSize);
      emit(text == null ? invalidRun() : text, out);
      runSize = 0;
    }
  }

  private String invalidRun() {
    if (!rules.keepsValidCharacters()) {
      return Utf8.REPLACEMENT.repeat(runSize);
    }
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < runSize) {
      int end = at + Utf8.length(run[at]);
      String character = end > runSize ? null : Utf8.decode(run, at, end);
      text.append(character == null ? Utf8.REPLACEMENT : character);
      at = character == null ? at + 1 : end;
    }
    return text.toString();
  }

  private void emit(String text, StringBuilder out) {
    int from = 0;
    while (toStrip > 0 && from < text.length()) {
      boolean strips = text.charAt(from) == rules.strip();
      from += strips ? 1 : 0;
      toStrip = strips ? toStrip - 1 : 0;
    }
    out.append(text, from, text.length());
  }
}
