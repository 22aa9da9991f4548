package io.github.llavamed.trainer.internal.torch;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Runs pieces of work whose temporary tensors are freed at their end. */
public final class Scopes {
  private Scopes() {}

  /** Runs the work and returns its result, which the caller closes; everything else is freed. */
  public static Tensor keep(Supplier<Tensor> work) {
    try (PointerScope scope = new PointerScope()) {
      Tensor result = work.get();
      result.retainReference();
      return result;
    }
  }

  /** Like {@link #keep}, without recording for a backward pass. */
  public static Tensor keepNoGrad(Supplier<Tensor> work) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return keep(work);
    }
  }

  /** Runs the work and hands its result to the enclosing scope. */
  public static Tensor inner(Supplier<Tensor> work) {
    Tensor result = keep(work);
    PointerScope outer = PointerScope.getInnerScope();
    if (outer != null) {
      outer.attach(result);
      result.releaseReference();
    }
    return result;
  }

  /** Runs the work in its own scope, without recording for a backward pass. */
  public static void runNoGrad(Runnable work) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      work.run();
    }
  }
}
