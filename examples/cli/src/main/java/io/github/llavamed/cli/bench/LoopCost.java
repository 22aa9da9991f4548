package io.github.llavamed.cli.bench;

import org.jspecify.annotations.Nullable;

/**
 * What the generation loop in Java adds to every decoded token, over all repeats.
 *
 * @param javaMicros time outside the runtime's calls, in microseconds, or null where the backend
 *     does not say how long those take
 * @param allocatedBytes what is allocated on the Java heap
 */
public record LoopCost(@Nullable Spread javaMicros, Spread allocatedBytes) {}
