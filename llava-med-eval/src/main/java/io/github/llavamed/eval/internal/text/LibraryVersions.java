package io.github.llavamed.eval.internal.text;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** States the versions of this library and of Java. */
public final class LibraryVersions {
  private LibraryVersions() {}

  /** Returns versions by name: {@code llava-med}, {@code java}. */
  public static Map<String, String> all() {
    Map<String, String> versions = new TreeMap<>();
    versions.put("llava-med", of(LibraryVersions.class, "development"));
    versions.put("java", Runtime.version().toString());
    return versions;
  }

  /** Returns the version in the manifest of a class's jar. */
  public static String of(Class<?> inside, String otherwise) {
    @Nullable String version = inside.getPackage().getImplementationVersion();
    return version == null ? otherwise : version;
  }
}
