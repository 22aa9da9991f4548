package io.github.llavamed.testing;

import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import java.util.concurrent.atomic.AtomicInteger;

/** A batch that notes how many sequences were extended in one step at most. */
record CountedBatch(DecoderBatch batch, AtomicInteger largest) implements DecoderBatch {
  @Override
  public int slots() {
    return batch.slots();
  }

  @Override
  public int size() {
    return batch.size();
  }

  @Override
  public void add(DecoderSession session) {
    batch.add(session);
  }

  @Override
  public float[][] step(int... tokens) {
    largest.accumulateAndGet(tokens.length, Math::max);
    return batch.step(tokens);
  }

  @Override
  public void continueFrom(int... parents) {
    batch.continueFrom(parents);
  }

  @Override
  public void close() {
    batch.close();
  }
}
