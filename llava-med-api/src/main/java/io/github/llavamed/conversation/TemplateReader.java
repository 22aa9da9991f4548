package io.github.llavamed.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the template resource.
 *
 * <p>Layout: {@code versions} → {@code v1.0.0} and {@code v1.5} → {@code default}, {@code names},
 * {@code templates}; a template has the fields of the original's conversation class.
 */
final class TemplateReader {
  private static final String RESOURCE = "templates.json";

  private TemplateReader() {}

  static ConversationTemplates readBundled() {
    try (InputStream in = TemplateReader.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is not in the jar");
      }
      return read(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + RESOURCE, e);
    }
  }

  static ConversationTemplates read(JsonNode root) {
    Map<Release, TemplateSet> sets = new EnumMap<>(Release.class);
    for (Release release : Release.values()) {
      sets.put(
          release, readSet(release, root.required("versions").required(release.resourceKey())));
    }
    return new ConversationTemplates(sets);
  }

  private static TemplateSet readSet(Release release, JsonNode node) {
    Map<String, String> names = new LinkedHashMap<>();
    node.required("names").properties().forEach(e -> names.put(e.getKey(), e.getValue().asText()));
    Map<String, ConversationTemplate> templates = new LinkedHashMap<>();
    node.required("templates")
        .properties()
        .forEach(e -> templates.put(e.getKey(), readTemplate(release, e.getKey(), e.getValue())));
    return new TemplateSet(node.required("default").asText(), names, templates);
  }

  static ConversationTemplate readTemplate(Release release, String id, JsonNode node) {
    List<String> roles = new ArrayList<>();
    node.required("roles").forEach(role -> roles.add(role.asText()));
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : node.required("messages")) {
      Role role = roleOf(id, roles, message.get(0).asText());
      messages.add(Message.of(role, message.get(1).asText()));
    }
    return new ConversationTemplate(
        id,
        release,
        node.required("system").asText(),
        roles,
        messages,
        node.required("offset").intValue(),
        SeparatorStyle.valueOf(node.required("sep_style").asText()),
        node.required("sep").asText(),
        textOrNull(node.get("sep2")),
        node.hasNonNull("version") ? node.get("version").asText() : "Unknown");
  }

  private static Role roleOf(String id, List<String> roles, String name) {
    int index = roles.indexOf(name);
    if (index < 0) {
      throw new InvalidConversationException(
          "template '%s': message of role '%s'; expected one of %s".formatted(id, name, roles));
    }
    return Role.values()[index];
  }

  private static @Nullable String textOrNull(@Nullable JsonNode node) {
    return node == null || node.isNull() ? null : node.asText();
  }
}
