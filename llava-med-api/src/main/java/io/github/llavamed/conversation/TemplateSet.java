package io.github.llavamed.conversation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The templates of one release.
 *
 * @param defaultId id of the default conversation
 * @param names name to id
 * @param templates id to template
 */
record TemplateSet(
    String defaultId, Map<String, String> names, Map<String, ConversationTemplate> templates) {
  TemplateSet {
    names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    templates = Collections.unmodifiableMap(new LinkedHashMap<>(templates));
    if (!templates.containsKey(defaultId) || !templates.keySet().containsAll(names.values())) {
      throw new InvalidConversationException(
          "templates: a name or the default '%s' leads to no template; ids are %s"
              .formatted(defaultId, templates.keySet()));
    }
  }
}
