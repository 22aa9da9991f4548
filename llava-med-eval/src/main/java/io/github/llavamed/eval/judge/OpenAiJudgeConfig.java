package io.github.llavamed.eval.judge;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a judge is reached. Immutable.
 *
 * @param baseUrl address of the service; empty for OpenAI itself
 * @param apiKey credential, never written to logs or files by this library
 * @param azureApiVersion version of the Azure interface; empty for OpenAI
 * @param timeout longest wait for one reply
 */
public record OpenAiJudgeConfig(
    Optional<String> baseUrl, String apiKey, Optional<String> azureApiVersion, Duration timeout) {
  /** Two minutes. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);

  /** Returns the settings of OpenAI's own service. */
  public static OpenAiJudgeConfig openAi(String apiKey) {
    return new OpenAiJudgeConfig(Optional.empty(), apiKey, Optional.empty(), DEFAULT_TIMEOUT);
  }

  /** Returns the settings of an Azure resource. */
  public static OpenAiJudgeConfig azure(String endpoint, String apiKey, String apiVersion) {
    return new OpenAiJudgeConfig(
        Optional.of(endpoint), apiKey, Optional.of(apiVersion), DEFAULT_TIMEOUT);
  }

  /** Returns the settings without the credential. */
  @Override
  public String toString() {
    return "OpenAiJudgeConfig[baseUrl="
        + baseUrl
        + ", azureApiVersion="
        + azureApiVersion
        + ", timeout="
        + timeout
        + "]";
  }
}
