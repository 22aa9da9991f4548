package io.github.llavamed.generation;

import java.util.List;

/** Stops when one of several criteria does; all of them see every id. */
final class AnyCriterion implements StoppingCriterion {
  private final List<StoppingCriterion> criteria;

  AnyCriterion(List<StoppingCriterion> criteria) {
    this.criteria = List.copyOf(criteria);
  }

  @Override
  public boolean accept(int id) {
    boolean stop = false;
    for (StoppingCriterion criterion : criteria) {
      stop |= criterion.accept(id);
    }
    return stop;
  }

  @Override
  public StoppingCriterion fork() {
    return new AnyCriterion(criteria.stream().map(StoppingCriterion::fork).toList());
  }
}
