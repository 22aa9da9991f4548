package io.github.llavamed.internal;

import java.util.function.BooleanSupplier;

/** Remembers that a caller has cancelled, even if the caller's word changes. One thread. */
final class Cancellation implements BooleanSupplier {
  private final BooleanSupplier caller;
  private boolean cancelled;

  Cancellation(BooleanSupplier caller) {
    this.caller = caller;
  }

  @Override
  public boolean getAsBoolean() {
    cancelled = cancelled || caller.getAsBoolean();
    return cancelled;
  }
}
