package io.github.llavamed.eval.generation;

import io.github.llavamed.image.ImageInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says given texts one after the other, a character a token, and keeps what it was asked.
 *
 * <p>A stop string ends a text from the second character on, as in the original.
 */
final class ScriptedAnswerer implements QuestionAnswerer {
  record Call(PromptRequest request, boolean imageGiven, String emitted) {}

  private final PromptTraits traits;
  private final List<String> script;
  private final int lookAhead;
  private final List<Call> calls = new ArrayList<>();
  private int groups;

  ScriptedAnswerer(PromptTraits traits, List<String> script, int lookAhead) {
    this.traits = traits;
    this.script = List.copyOf(script);
    this.lookAhead = lookAhead;
  }

  List<Call> calls() {
    return calls;
  }

  int groups() {
    return groups;
  }

  @Override
  public PromptTraits traits() {
    return traits;
  }

  @Override
  public int lookAhead() {
    return lookAhead;
  }

  @Override
  public void answerAll(@Nullable ImageInput image, List<PromptRequest> requests, Receiver receiver)
      throws IOException {
    groups++;
    for (int i = 0; i < requests.size(); i++) {
      PromptRequest request = requests.get(i);
      String emitted = emitted(script.get(calls.size() % script.size()), request.stopStrings());
      calls.add(new Call(request, image != null, emitted));
      receiver.accept(i, new GeneratedText(emitted, request.prompt() + emitted));
    }
  }

  private static String emitted(String text, List<String> stops) {
    int characters = text.codePointCount(0, text.length());
    for (int length = 2; length <= characters; length++) {
      String some = text.substring(0, text.offsetByCodePoints(0, length));
      if (stops.stream().anyMatch(some::contains)) {
        return some;
      }
    }
    return text;
  }
}
