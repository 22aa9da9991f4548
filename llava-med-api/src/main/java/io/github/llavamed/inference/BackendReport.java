package io.github.llavamed.inference;

import org.jspecify.annotations.Nullable;

/**
 * What the registry knows of one backend found on the class path. Immutable.
 *
 * @param id the provider's id, or the class or entry name where none could be read
 * @param priority the provider's rank, 0 where none could be read
 * @param status whether it can run here, or why not
 * @param location where its class came from, usually a jar, or null if unknown
 * @param advice which precision it would take for a large model here, and why, or null if it cannot
 *     run or does not say
 */
public record BackendReport(
    String id,
    int priority,
    BackendStatus status,
    @Nullable String location,
    @Nullable String advice) {}
