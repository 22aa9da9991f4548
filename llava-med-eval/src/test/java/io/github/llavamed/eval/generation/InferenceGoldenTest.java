package io.github.llavamed.eval.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.IntendedDifferences;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TestConfigs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class InferenceGoldenTest {
  private static final Pattern PATCH_RUN = Pattern.compile("(?:<im_patch>)+");
  private static final Map<String, AnswerProgram> PROGRAMS =
      Map.of(
          "model_vqa.py", AnswerProgram.MODEL_VQA,
          "model_vqa_med.py", AnswerProgram.MODEL_VQA_MED,
          "model_vqa_science.py", AnswerProgram.MODEL_VQA_SCIENCE,
          "run_llava.py", AnswerProgram.RUN_LLAVA,
          "model_qa.py", AnswerProgram.MODEL_QA);

  @TempDir Path folder;

  static Stream<Path> cases() {
    return EvalGolden.cases("inference").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asksAndAnswersAsTheOriginalProgram(Path golden) throws IOException {
    assumeFalse(IntendedDifferences.contains("inference", golden), "differs on purpose");
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    Map<String, String> args = args(EvalGolden.texts(expected.get("args")));
    AnswerRecipe recipe = recipe(expected, args);
    ScriptedAnswerer model =
        new ScriptedAnswerer(
            traits(expected, args), EvalGolden.texts(expected.get("raw_model_texts")), 0);

    if (!expected.get("error").isNull()) {
      assertThatThrownBy(() -> run(golden, expected, args, recipe, model))
          .isInstanceOfAny(LlavaMedException.class, IOException.class);
      return;
    }
    String printed = run(golden, expected, args, recipe, model);

    assertCalls(expected, model.calls());
    if (recipe.program() == AnswerProgram.RUN_LLAVA) {
      assertThat(printed).isEqualTo(expected.get("stdout").textValue());
    } else {
      assertThat(printed).isEqualTo(withoutIds(expected.get("answers_file_text").textValue()));
    }
  }

  private String run(
      Path golden,
      JsonNode expected,
      Map<String, String> args,
      AnswerRecipe recipe,
      ScriptedAnswerer model)
      throws IOException {
    if (recipe.program() == AnswerProgram.RUN_LLAVA) {
      ImageInput image = ImageInput.of(Path.of(args.get("image-file")));
      return SingleAnswer.of(model, recipe, image, args.get("query")) + "\n";
    }
    for (JsonNode image : expected.path("images_opened")) {
      Path file = folder.resolve(image.textValue());
      Files.createDirectories(file.getParent());
      Files.writeString(file, "never decoded");
    }
    String id = args.getOrDefault("model-name", args.getOrDefault("model-path", ""));
    Path answers = folder.resolve(args.get("answers-file"));
    AnswerFiles files =
        new AnswerFiles(
            golden.resolve(args.get("question-file")),
            folder.resolve(args.getOrDefault("image-folder", "")),
            answers,
            Integer.parseInt(args.getOrDefault("num-chunks", "1")),
            Integer.parseInt(args.getOrDefault("chunk-idx", "0")),
            false);
    new AnswerGeneration(
            model,
            recipe,
            recipe.release() == Release.V1_5 ? ModelNames.fromPath(id) : id,
            EvaluationOptions.DEFAULT,
            new Random(1),
            AnswerListener.NONE)
        .run(files);
    return withoutIds(Files.readString(answers));
  }

  private static String withoutIds(String lines) {
    return lines.replaceAll("\"answer_id\": \"\\w{22}\"", "\"answer_id\": \"?\"");
  }

  private static void assertCalls(JsonNode expected, List<ScriptedAnswerer.Call> calls) {
    String bos = expected.path("environment").path("BOS").asText().equals("1") ? "<s>" : "";
    assertThat(calls).hasSameSizeAs(expected.get("calls"));
    for (int i = 0; i < calls.size(); i++) {
      JsonNode wanted = expected.get("calls").get(i);
      PromptRequest request = calls.get(i).request();
      assertThat(bos + folded(request.prompt())).isEqualTo(wanted.get("prompt").textValue());
      assertThat(calls.get(i).emitted()).isEqualTo(wanted.get("emitted").textValue());
      assertThat(calls.get(i).imageGiven()).isEqualTo(wanted.get("image_given").booleanValue());
      assertThat(!request.stopStrings().isEmpty())
          .isEqualTo(wanted.get("stopping_criteria_passed").booleanValue());
      assertSettings(request.settings(), wanted.get("generate_kwargs"));
    }
  }

  private static void assertSettings(GenerationSettings settings, JsonNode wanted) {
    assertThat(settings.temperature()).isEqualTo(wanted.get("temperature").doubleValue());
    assertThat(settings.temperature() > 0).isEqualTo(wanted.get("do_sample").booleanValue());
    assertThat(settings.maxNewTokens()).isEqualTo(wanted.get("max_new_tokens").intValue());
    assertThat(settings.numBeams()).isEqualTo(wanted.path("num_beams").asInt(1));
    JsonNode topP = wanted.path("top_p");
    assertThat(settings.topP()).isEqualTo(topP.isNumber() ? topP.doubleValue() : null);
  }

  private static String folded(String prompt) {
    return PATCH_RUN
        .matcher(prompt)
        .replaceAll(run -> "{<im_patch> x " + run.group().length() / "<im_patch>".length() + "}");
  }

  private static PromptTraits traits(JsonNode expected, Map<String, String> args) {
    boolean markers = expected.path("environment").path("IM_START_END").asText().equals("1");
    String path = args.getOrDefault("model-name", "").toLowerCase(java.util.Locale.ROOT);
    int side = path.contains("biomedclip") || path.contains("biomed_clip") ? 14 : 16;
    return PromptTraits.of(TestConfigs.of(family(expected), side, markers));
  }

  private static ModelFamily family(JsonNode expected) {
    return expected.get("version").textValue().startsWith("v1.5")
        ? ModelFamily.LLAVA_V1_5
        : ModelFamily.LLAVA_V1_0;
  }

  private static AnswerRecipe recipe(JsonNode expected, Map<String, String> args) {
    Release release = Release.of(family(expected));
    GenerationSettings settings =
        release == Release.V1_5 ? GenerationSettings.V1_5 : GenerationSettings.V1_0;
    if (args.containsKey("temperature")) {
      settings = settings.withTemperature(Double.parseDouble(args.get("temperature")));
    }
    if (args.containsKey("top_p")) {
      settings = settings.withTopP(Double.valueOf(args.get("top_p")));
    }
    if (args.containsKey("num_beams")) {
      settings = settings.withNumBeams(Integer.parseInt(args.get("num_beams")));
    }
    AnswerProgram program = PROGRAMS.get(expected.get("program").textValue());
    assertThat(program).as(expected.get("program").textValue()).isNotNull();
    return AnswerRecipe.builder(program)
        .release(release)
        .template(args.get("conv-mode"))
        .answerPrompter(args.containsKey("answer-prompter"))
        .settings(settings)
        .build();
  }

  private static Map<String, String> args(List<String> words) {
    Map<String, String> args = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      String name = words.get(i).substring(2);
      boolean flag = i + 1 == words.size() || words.get(i + 1).startsWith("--");
      args.put(name, flag ? "true" : words.get(++i));
    }
    return args;
  }
}
