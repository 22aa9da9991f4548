package io.github.llavamed.tokenizer;

/** Turns ids into text as they come, never splitting a code point. Confined to one thread. */
public interface StreamingDecoder {
  /** Takes the next id and returns the text that became certain, maybe empty. */
  String accept(int id);

  /** Returns what is left at the end, maybe empty. */
  String finish();

  /** Returns an independent decoder that has taken the same ids. */
  StreamingDecoder copy();
}
