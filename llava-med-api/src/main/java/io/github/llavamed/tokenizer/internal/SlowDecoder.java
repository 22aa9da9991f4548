package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.StreamingDecoder;

/**
 * Turns ids into text by the slow rules, one id at a time.
 *
 * <p>The text is a list of parts joined with one space: runs of pieces, and separate tokens. Within
 * a run a special token that is kept puts a space <em>before</em> the text in front of it; where
 * such tokens may come, that text is held back until it is known. Where they are skipped, text
 * comes out as soon as its bytes are complete. Confined to one thread.
 */
final class SlowDecoder implements StreamingDecoder {
  private final SlowVocabulary vocabulary;
  private final SlowDecoding rules;
  private final boolean skipsSpecial;
  private final SentencePieceDecoder pieces;
  private final StringBuilder held = new StringBuilder(); // text since the run's last special token

  private boolean hasParts; // before the current run
  private boolean inRun;
  private boolean runShown;
  private int indexInRun;
  private boolean afterSpecial;

  SlowDecoder(SlowVocabulary vocabulary, SlowDecoding rules, boolean skipsSpecial) {
    this.vocabulary = vocabulary;
    this.rules = rules;
    this.skipsSpecial = skipsSpecial;
    pieces = new SentencePieceDecoder(vocabulary.model());
  }

  private SlowDecoder(SlowDecoder other) {
    vocabulary = other.vocabulary;
    rules = other.rules;
    skipsSpecial = other.skipsSpecial;
    pieces = other.pieces.copy();
    held.append(other.held);
    hasParts = other.hasParts;
    inRun = other.inRun;
    runShown = other.runShown;
    indexInRun = other.indexInRun;
    afterSpecial = other.afterSpecial;
  }

  @Override
  public SlowDecoder copy() {
    return new SlowDecoder(this);
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
    String token = vocabulary.token(id);
    if (skipsSpecial && vocabulary.isSkipped(id)) {
      return;
    }
    switch (vocabulary.kind(id)) {
      case SEPARATE -> {
        endRun(false, out);
        separate(out);
        out.append(token);
        hasParts = true;
      }
      case SPECIAL -> {
        beginRun(out);
        special(token, out);
        indexInRun++;
      }
      case PIECE -> {
        beginRun(out);
        piece(token, out);
        indexInRun++;
      }
    }
  }

  void finish(StringBuilder out) {
    endRun(true, out);
    hasParts = false;
  }

  private void beginRun(StringBuilder out) {
    if (inRun) {
      return;
    }
    inRun = true;
    runShown = false;
    indexInRun = 0;
    afterSpecial = false;
    if (!rules.dropsEmptyRuns()) {
      show(out);
    }
  }

  private void special(String token, StringBuilder out) {
    if (!afterSpecial && indexInRun != 0) {
      emit(" ", out);
    }
    pieces.finish(held);
    release(out);
    emit(token, out);
    afterSpecial = true;
  }

  private void piece(String token, StringBuilder out) {
    String text = token;
    boolean startsWithSpace = text.startsWith(SentencePieceModel.SPACE);
    if (indexInRun == 0 && rules.stripsFirstSpace() && startsWithSpace) {
      text = text.substring(SentencePieceModel.SPACE.length());
    }
    if (afterSpecial && indexInRun == 1 && rules.spaceAfterLeadingSpecial() && !startsWithSpace) {
      emit(" ", out);
    }
    pieces.accept(text, held);
    afterSpecial = false;
    if (skipsSpecial) {
      release(out);
    }
  }

  private void endRun(boolean last, StringBuilder out) {
    if (!inRun) {
      return;
    }
    pieces.finish(held);
    release(out);
    if (last) {
      show(out); // the last run counts even if it is empty
    }
    hasParts |= runShown;
    inRun = false;
  }

  private void release(StringBuilder out) {
    String text = held.toString();
    held.setLength(0);
    emit(text, out);
  }

  private void emit(String text, StringBuilder out) {
    if (!text.isEmpty()) {
      show(out);
      out.append(text);
    }
  }

  /** Makes the current run count as a part. */
  private void show(StringBuilder out) {
    if (!runShown) {
      separate(out);
      runShown = true;
    }
  }

  private void separate(StringBuilder out) {
    if (hasParts) {
      out.append(' ');
    }
  }
}
