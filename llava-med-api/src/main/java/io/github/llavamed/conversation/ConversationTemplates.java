package io.github.llavamed.conversation;

import io.github.llavamed.config.ModelFamily;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The templates of both releases, by name. Immutable.
 *
 * <p>Names are matched exactly, case included, as in the original. Source of the texts: the
 * original's {@code llava/conversation.py} at v1.0.0 and on {@code main}.
 */
public final class ConversationTemplates {
  private final Map<Release, TemplateSet> sets;

  ConversationTemplates(Map<Release, TemplateSet> sets) {
    this.sets = Collections.unmodifiableMap(new LinkedHashMap<>(sets));
  }

  /** Returns the templates that come with the library. */
  public static ConversationTemplates bundled() {
    return Bundled.TEMPLATES;
  }

  /**
   * Returns the template of a name.
   *
   * @param name {@code mistral_instruct}, {@code vicuna_v1}, {@code simple} …
   * @throws UnknownTemplateException if the release has no such name; lists the allowed ones
   */
  public ConversationTemplate byName(Release release, String name) {
    TemplateSet set = set(release);
    String id = set.names().get(name);
    if (id == null) {
      throw new UnknownTemplateException(
          "unknown conversation template '%s' of %s; expected one of %s"
              .formatted(name, release.id(), String.join(", ", set.names().keySet())));
    }
    return byId(release, id);
  }

  /**
   * Returns the template of an id, also those that no name leads to.
   *
   * @param id {@code conv_mistral_instruct}, {@code simple_conv_med} …
   * @throws UnknownTemplateException if the release has no such id; lists the allowed ones
   */
  public ConversationTemplate byId(Release release, String id) {
    TemplateSet set = set(release);
    ConversationTemplate template = set.templates().get(id);
    if (template == null) {
      throw new UnknownTemplateException(
          "unknown conversation template id '%s' of %s; expected one of %s"
              .formatted(id, release.id(), String.join(", ", set.templates().keySet())));
    }
    return template;
  }

  /** Returns the names that {@link #byName} knows, in the original's order. */
  public Set<String> names(Release release) {
    return set(release).names().keySet();
  }

  /** Returns the ids that {@link #byId} knows, in the original's order. */
  public Set<String> ids(Release release) {
    return set(release).templates().keySet();
  }

  /**
   * Returns the release's package-wide default conversation: {@code conv_v1_2} and {@code
   * conv_vicuna_v1}. In v1.5 that is not the template named {@code default}.
   */
  public ConversationTemplate defaultConversation(Release release) {
    return byId(release, set(release).defaultId());
  }

  /**
   * Returns the template of a single question to a model.
   *
   * <p>v1.0: {@code simple}, the default of the original's answer generating programs, whose
   * published scores were made with it; the web server forces {@code multimodal}, which can be had
   * by name. v1.5 and Hugging Face: {@code mistral_instruct}, the template of the published model.
   */
  public ConversationTemplate defaultTemplate(ModelFamily family) {
    return switch (family) {
      case LLAVA_V1_0 -> byName(Release.V1_0, "simple");
      case LLAVA_V1_5, HF_LLAVA -> byName(Release.V1_5, "mistral_instruct");
    };
  }

  private TemplateSet set(Release release) {
    TemplateSet set = sets.get(release);
    if (set == null) {
      throw new UnknownTemplateException("no conversation templates of " + release.id());
    }
    return set;
  }

  private static final class Bundled {
    static final ConversationTemplates TEMPLATES = TemplateReader.readBundled();

    private Bundled() {}
  }
}
