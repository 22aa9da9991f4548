package io.github.llavamed.eval.protocol;

import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.metric.AnswerKind;
import io.github.llavamed.metric.ProtocolMetric;
import io.github.llavamed.metric.ScoringProtocol;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A protocol given by its parts: answer types by kind, and a list of metrics. Immutable.
 *
 * @param name name that users type
 * @param version version of the rules
 * @param openTypes answer types of open questions
 * @param closedTypes answer types of closed questions; others are ignored
 * @param metrics in the order of the report
 * @param settings what reports state
 * @param swapsCounts whether the console text of the original names the counts the wrong way round
 */
record TableProtocol(
    String name,
    String version,
    Set<String> openTypes,
    Set<String> closedTypes,
    List<ProtocolMetric> metrics,
    Map<String, String> settings,
    boolean swapsCounts)
    implements ScoringProtocol {
  TableProtocol {
    openTypes = Set.copyOf(openTypes);
    closedTypes = Set.copyOf(closedTypes);
    metrics = List.copyOf(metrics);
    settings = Map.copyOf(settings);
  }

  @Override
  public AnswerKind kindOf(VqaSample sample) {
    if (openTypes.contains(sample.answerType())) {
      return AnswerKind.OPEN;
    }
    return closedTypes.contains(sample.answerType()) ? AnswerKind.CLOSED : AnswerKind.IGNORED;
  }
}
