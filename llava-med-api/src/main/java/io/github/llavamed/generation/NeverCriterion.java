package io.github.llavamed.generation;

/** Never stops. */
enum NeverCriterion implements StoppingCriterion {
  /** The only one: it has no state. */
  INSTANCE;

  @Override
  public boolean accept(int id) {
    return false;
  }

  @Override
  public StoppingCriterion fork() {
    return this;
  }
}
