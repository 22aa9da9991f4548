/**
 * Named, versioned scoring protocols: which metrics count for which questions.
 *
 * <p>{@link io.github.llavamed.eval.protocol.ScoringProtocols} makes them:
 *
 * <pre>{@code
 * ScoringProtocol published = ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL);
 * ScoringProtocol strict = ScoringProtocols.strict();
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.protocol;

import org.jspecify.annotations.NullMarked;
