package io.github.llavamed.eval.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.eval.EvaluationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CrashRecoveryTest {
  private static final int KILLS = 20;
  private static final int QUESTIONS = 4000;
  private static final long SEED = 20260101;

  @TempDir Path folder;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void losesAndRepeatsNoLineWhenTheProcessIsDestroyedAtRandomPoints() throws Exception {
    Path questions = folder.resolve("questions.jsonl");
    Files.writeString(
        questions,
        String.join(
            "",
            IntStream.range(0, QUESTIONS)
                .mapToObj(
                    i ->
                        "{\"question_id\": %d, \"image\": \"a.png\", \"text\": \"Question %d?\"}\n"
                            .formatted(i, i))
                .toList()));
    Files.writeString(folder.resolve("a.png"), "never decoded");
    Path answers = folder.resolve("answers.jsonl");
    Random random = new Random(SEED);
    int kills = 0;
    String before = "";

    while (kills < KILLS) {
      Process child = start();
      long target = before.length() + 1L + random.nextInt(15_000);
      while (child.isAlive() && (!Files.exists(answers) || Files.size(answers) < target)) {
        LockSupport.parkNanos(random.nextInt(2_000_000));
      }
      assertThat(child.isAlive()).as("seed %d: the run ended too early to kill it", SEED).isTrue();
      child.destroyForcibly().waitFor();
      kills++;
      String after = Files.readString(answers);
      boolean kept = after.startsWith(before.substring(0, before.lastIndexOf('\n') + 1));
      assertThat(kept).as("seed %d, kill %d: earlier lines kept", SEED, kills).isTrue();
      before = after;
    }
    Child.main(new String[] {folder.toString(), "fast"});

    List<String> lines = Files.readAllLines(answers);
    assertThat(lines).hasSize(QUESTIONS);
    for (int i = 0; i < QUESTIONS; i++) {
      assertThat(lines.get(i))
          .matches(
              ("\\{\"question_id\": %d, \"prompt\": \"Question %d\\?\", \"text\": \"answer %d\","
                      + " \"answer_id\": \"\\w{22}\", \"model_id\": \"m\", \"metadata\": \\{}}")
                  .formatted(i, i, i));
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            folder.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** The process that is destroyed: a fast model that answers with the question's number. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Path folder = Path.of(args[0]);
      new AnswerGeneration(
              new NumberAnswerer(args.length > 1 ? 0 : 200_000),
              AnswerRecipe.builder(AnswerProgram.MODEL_VQA).build(),
              "m",
              EvaluationOptions.DEFAULT,
              new Random(),
              AnswerListener.NONE)
          .run(
              AnswerFiles.of(
                  folder.resolve("questions.jsonl"), folder, folder.resolve("answers.jsonl")));
    }
  }

  private record NumberAnswerer(long nanos) implements QuestionAnswerer {
    @Override
    public PromptTraits traits() {
      return new PromptTraits(ModelFamily.LLAVA_V1_0, false, 1);
    }

    @Override
    public void answerAll(List<PromptRequest> requests, Receiver receiver) throws IOException {
      for (int i = 0; i < requests.size(); i++) {
        LockSupport.parkNanos(nanos);
        String number = requests.get(i).prompt().replaceAll("(?s).*Question (\\d+)\\?.*", "$1");
        receiver.accept(i, new GeneratedText("answer " + number, ""));
      }
    }
  }
}
