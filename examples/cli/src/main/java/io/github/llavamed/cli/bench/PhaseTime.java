package io.github.llavamed.cli.bench;

/**
 * How long one phase took over all repeats, in milliseconds.
 *
 * @param wall time on the clock
 * @param cpu processor time of all threads of this program: with one thread, what the clock would
 *     show on an idle machine
 */
public record PhaseTime(Spread wall, Spread cpu) {}
