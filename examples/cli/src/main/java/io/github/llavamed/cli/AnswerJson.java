package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.GenerationTiming;
import io.github.llavamed.generation.TokenLogProbs;
import java.time.Duration;
import java.util.List;

/** An answer as the JSON object of the command line's contract. */
final class AnswerJson {
  private static final double NANOS_PER_MILLI = 1e6;

  private AnswerJson() {}

  static ObjectNode of(GenerationResult result, Duration loadTime) {
    ObjectNode json = JsonText.object();
    json.put("answer", result.text());
    json.put("prompt", result.prompt().text());
    json.set("input_ids", JsonText.array(result.inputIds()));
    json.set("output_ids", JsonText.array(result.outputIds()));
    if (result.sequences().size() > 1) {
      ArrayNode sequences = json.putArray("sequences");
      result.sequences().forEach(sequence -> sequences.add(sequence.text()));
    }
    if (!result.logProbs().isEmpty()) {
      logProbs(json.putArray("logprobs"), result.logProbs());
    }
    json.put("finish_reason", result.finishReason().id());
    json.putObject("usage")
        .put("prompt_tokens", result.usage().promptTokens())
        .put("image_tokens", result.usage().imageTokens())
        .put("completion_tokens", result.usage().completionTokens());
    GenerationTiming timing = result.timing();
    json.putObject("timing_ms")
        .put("load", millis(loadTime))
        .put("preprocess", millis(timing.preprocess()))
        .put("encode_image", millis(timing.encodeImage()))
        .put("prefill", millis(timing.prefill()))
        .put("decode", millis(timing.decode()));
    json.put("model", result.model());
    json.put("family", result.family().id());
    json.put("backend", result.backend());
    json.put("precision", result.precision().id());
    return json;
  }

  private static void logProbs(ArrayNode array, List<TokenLogProbs> tokens) {
    for (TokenLogProbs token : tokens) {
      ObjectNode node = array.addObject();
      node.put("id", token.id());
      node.put("logprob", token.logProb());
      ArrayNode top = node.putArray("top");
      token.top().forEach(one -> top.addObject().put("id", one.id()).put("logprob", one.logProb()));
    }
  }

  private static double millis(Duration duration) {
    return Math.round(duration.toNanos() / NANOS_PER_MILLI * 1000) / 1000.0;
  }
}
