package io.github.llavamed.eval.generation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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

  /** Returns how often a prompt was not about the image of the one before. */
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
  public void answerAll(List<PromptRequest> requests, Receiver receiver) throws IOException {
    PromptRequest before = null;
    for (int i = 0; i < requests.size(); i++) {
      PromptRequest request = requests.get(i);
      groups += before == null || before.image() != request.image() ? 1 : 0;
      before = request;
      String emitted = emitted(script.get(calls.size() % script.size()), request.stopStrings());
      calls.add(new Call(request, request.image() != null, emitted));
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
