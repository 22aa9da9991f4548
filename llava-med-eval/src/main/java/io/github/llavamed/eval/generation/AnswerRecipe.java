package io.github.llavamed.eval.generation;

import io.github.llavamed.conversation.Conversation;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.conversation.Role;
import io.github.llavamed.conversation.SeparatorStyle;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.internal.python.PythonText;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a program turns questions into prompts and generated texts into answers. Immutable.
 *
 * <p>v1.0 puts the image behind the question, leaves the assistant's turn to the model, stops at
 * {@code ###} and cuts the text at the template's separator. v1.5 puts the image in front, opens
 * the assistant's turn, and takes the text as it is.
 */
public final class AnswerRecipe {
  private static final String IMAGE = "<image>";
  private static final String STOP = "###";
  private static final String LEGACY = "simple_legacy";
  private static final String LEGACY_TAIL = "\n\n### Response:";
  private static final String ANSWER_PROMPT = " ###\nANSWER:";
  private static final String ANSWER_LABEL = "\n The answer is ";

  /** Longest second answer, {@code llava/eval/model_vqa_med.py} at v1.0.0. */
  private static final int SHORT_ANSWER = 64;

  private final AnswerProgram program;
  private final Release release;
  private final String templateName;
  private final ConversationTemplate template;
  private final boolean answerPrompter;
  private final GenerationSettings settings;
  private final EvaluationQuirks quirks;

  private AnswerRecipe(Builder builder) {
    this.program = builder.program;
    this.release = builder.release;
    this.templateName =
        Objects.requireNonNullElse(builder.template, program.defaultTemplate(release));
    this.template = ConversationTemplates.bundled().byName(release, templateName);
    this.answerPrompter = builder.answerPrompter;
    this.settings =
        Objects.requireNonNullElse(
            builder.settings,
            release == Release.V1_0 ? GenerationSettings.V1_0 : GenerationSettings.V1_5);
    this.quirks = builder.quirks;
  }

  /** Returns a builder with the program's defaults of v1.0. */
  public static Builder builder(AnswerProgram program) {
    return new Builder(program);
  }

  /** Returns the program. */
  public AnswerProgram program() {
    return program;
  }

  /** Returns the release whose rules apply. */
  public Release release() {
    return release;
  }

  /** Returns the name of the conversation template. */
  public String templateName() {
    return templateName;
  }

  /** Returns how tokens are chosen. */
  public GenerationSettings settings() {
    return settings;
  }

  /** Returns the oddities that are kept. */
  public EvaluationQuirks quirks() {
    return quirks;
  }

  /** Returns whether a second, short answer is asked for. */
  public boolean answerPrompter() {
    return answerPrompter;
  }

  /**
   * Returns the prompt of a question, still without its image.
   *
   * @param number position of the question in its file, from 0; decides the random numbers
   */
  public PromptRequest request(AnswerTask task, PromptTraits traits, int number) {
    Conversation conversation = Conversation.of(template).append(Role.USER, userTurn(task, traits));
    if (release == Release.V1_5) {
      conversation.append(Role.ASSISTANT, null);
    }
    return new PromptRequest(
        null,
        conversation.prompt(),
        release == Release.V1_0 ? List.of(STOP) : List.of(),
        settings.withSeed(settings.seed() + number));
  }

  private String userTurn(AnswerTask task, PromptTraits traits) {
    boolean image = task.image() != null;
    // Where the word itself is the image's place, a further one would ask for another image.
    boolean keepWord =
        release == Release.V1_0
            && traits.spellsPatches()
            && quirks.keeps(EvaluationQuirk.IMAGE_WORD_STAYS);
    String question =
        keepWord || !task.text().contains(IMAGE) ? task.text() : withoutImageWord(task.text());
    if (release == Release.V1_5) {
      return (image ? traits.imageBlock() + "\n" : "") + question;
    }
    boolean tail = templateName.equals(LEGACY) && program != AnswerProgram.RUN_LLAVA;
    return question + (image ? "\n" + traits.imageBlock() : "") + (tail ? LEGACY_TAIL : "");
  }

  /** Removes every {@code <image>}, and white space at both ends. */
  static String withoutImageWord(String text) {
    return PythonText.strip(text.replace(IMAGE, ""));
  }

  /** Returns the answer that a generated text gives. */
  public String answer(PromptRequest request, GeneratedText generated) {
    if (release == Release.V1_5) {
      return PythonText.strip(generated.text());
    }
    if (program == AnswerProgram.MODEL_QA) {
      int promptLength = request.prompt().codePointCount(0, request.prompt().length());
      return quirks.keeps(EvaluationQuirk.BLIND_ROLE_CUT)
          ? AnswerCleanup.afterPrompt(generated.sequence(), promptLength, STOP)
          : AnswerCleanup.afterPromptChecked(generated.sequence(), promptLength, STOP);
    }
    boolean remove =
        program.removesPrefixes(templateName) || !quirks.keeps(EvaluationQuirk.ROLE_STAYS);
    String text = remove ? AnswerCleanup.removePrefixes(generated.text()) : generated.text();
    return AnswerCleanup.cut(text, separator());
  }

  /** The first blank is the first separator of templates with two, where answers are then cut. */
  private String separator() {
    boolean second =
        template.sepStyle() == SeparatorStyle.TWO
            && !quirks.keeps(EvaluationQuirk.CUT_AT_FIRST_BLANK);
    return second ? template.sep2OrEmpty() : template.sep();
  }

  /** Returns the prompt of the second, short answer. */
  PromptRequest secondRequest(PromptRequest first, String answer) {
    return new PromptRequest(
        first.image(),
        first.prompt() + answer + ANSWER_PROMPT,
        first.stopStrings(),
        first.settings().withMaxNewTokens(Math.min(SHORT_ANSWER, settings.maxNewTokens())));
  }

  /** Returns the first answer followed by the second. */
  String combined(String answer, GeneratedText second) {
    String text =
        release == Release.V1_0
            ? AnswerCleanup.cut(second.text(), separator())
            : PythonText.strip(second.text());
    return answer + ANSWER_LABEL + text;
  }

  /** Collects a recipe; not safe for concurrent use. */
  public static final class Builder {
    private final AnswerProgram program;
    private Release release = Release.V1_0;
    private @Nullable String template;
    private boolean answerPrompter;
    private @Nullable GenerationSettings settings;
    private EvaluationQuirks quirks = EvaluationQuirks.ORIGINAL;

    private Builder(AnswerProgram program) {
      this.program = program;
    }

    /** Sets the release whose rules apply. */
    public Builder release(Release release) {
      this.release = release;
      return this;
    }

    /** Sets the name of the conversation template; null for the program's default. */
    public Builder template(@Nullable String template) {
      this.template = template;
      return this;
    }

    /** Sets whether a second, short answer is asked for. */
    public Builder answerPrompter(boolean answerPrompter) {
      this.answerPrompter = answerPrompter;
      return this;
    }

    /** Sets how tokens are chosen; null for the release's defaults. */
    public Builder settings(@Nullable GenerationSettings settings) {
      this.settings = settings;
      return this;
    }

    /** Sets the oddities to keep. */
    public Builder quirks(EvaluationQuirks quirks) {
      this.quirks = quirks;
      return this;
    }

    /**
     * Returns the recipe.
     *
     * @throws io.github.llavamed.conversation.UnknownTemplateException if the release has no
     *     template of that name
     */
    public AnswerRecipe build() {
      return new AnswerRecipe(this);
    }
  }
}
