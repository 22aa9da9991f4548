package io.github.llavamed.eval.judge;

import com.openai.azure.AzureOpenAIServiceVersion;
import com.openai.azure.AzureUrlPathMode;
import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import io.github.llavamed.eval.internal.text.LibraryVersions;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.EmptyReplyException;
import io.github.llavamed.metric.JudgeMessage;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a chat model of OpenAI or Azure.
 *
 * <p>Sends each request once; {@link RetryingChatJudge} repeats. Opens no connection before the
 * first request. Safe for concurrent use; whoever creates it closes it.
 */
public final class OpenAiChatJudge implements ChatJudge, AutoCloseable {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  private final OpenAIClient client;
  private final String apiKey;

  /** Creates a judge. */
  public OpenAiChatJudge(OpenAiJudgeConfig config) {
    OpenAIOkHttpClient.Builder builder =
        OpenAIOkHttpClient.builder().timeout(config.timeout()).maxRetries(0);
    config.baseUrl().ifPresent(builder::baseUrl);
    if (config.azureApiVersion().isPresent()) {
      builder
          .azureUrlPathMode(AzureUrlPathMode.LEGACY) // deployments by name, as the original
          .credential(AzureApiKeyCredential.create(config.apiKey()))
          .azureServiceVersion(
              AzureOpenAIServiceVersion.fromString(config.azureApiVersion().get()));
    } else {
      builder.apiKey(config.apiKey());
    }
    this.client = builder.build();
    this.apiKey = config.apiKey();
  }

  /** Returns the version of the client library. */
  static String clientVersion() {
    return LibraryVersions.of(OpenAIClient.class, "unknown");
  }

  @Override
  public JudgeReply ask(JudgeRequest request) {
    ChatCompletion completion;
    try {
      completion = client.chat().completions().create(params(request));
    } catch (OpenAIIoException e) {
      throw new RemoteJudgeException(
          "judge %s: expected a reply, found no connection (%s); check the address and the network"
                  .formatted(request.model(), withoutKey(reason(e)))
              + ", then run again: replies so far are kept where the run resumes",
          false,
          holdsKey(e) ? null : e);
    } catch (OpenAIException e) {
      throw new RemoteJudgeException(
          "judge " + request.model() + ": expected a reply, found " + withoutKey(e.getMessage()),
          isRetryable(e),
          holdsKey(e) ? null : e);
    }
    Optional<String> text =
        completion.choices().stream().findFirst().flatMap(choice -> choice.message().content());
    if (text.isEmpty()) {
      throw new EmptyReplyException(
          "judge " + request.model() + ": expected a reply with text, found one without");
    }
    Optional<CompletionUsage> usage = completion.usage();
    return new JudgeReply(
        text.get(),
        usage.map(u -> Math.toIntExact(u.promptTokens())).orElse(0),
        usage.map(u -> Math.toIntExact(u.completionTokens())).orElse(0));
  }

  private static ChatCompletionCreateParams params(JudgeRequest request) {
    ChatCompletionCreateParams.Builder builder =
        ChatCompletionCreateParams.builder().model(request.model());
    for (JudgeMessage message : request.messages()) {
      switch (message.role()) {
        case SYSTEM -> builder.addSystemMessage(message.content());
        case USER -> builder.addUserMessage(message.content());
        case ASSISTANT -> builder.addAssistantMessage(message.content());
      }
    }
    request.temperature().ifPresent(builder::temperature);
    // The field that the models of the original know.
    request
        .maxTokens()
        .ifPresent(value -> builder.putAdditionalBodyProperty("max_tokens", JsonValue.from(value)));
    return builder.build();
  }

  /** The innermost cause says what the network did. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString().lines().findFirst().orElse("");
  }

  /** Services repeat the key they refuse. */
  private String withoutKey(@Nullable String text) {
    String message = String.valueOf(text);
    return apiKey.isEmpty() ? message : message.replace(apiKey, "<key>");
  }

  private boolean holdsKey(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (!apiKey.isEmpty() && t.toString().contains(apiKey)) {
        return true;
      }
    }
    return false;
  }

  /** Busy and broken servers only: whether a lost request was answered, and charged, is unknown. */
  private static boolean isRetryable(OpenAIException e) {
    if (e instanceof OpenAIServiceException service) {
      int status = service.statusCode();
      return status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_ERROR;
    }
    return false;
  }

  @Override
  public void close() {
    client.close();
  }
}
