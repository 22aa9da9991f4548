package io.github.llavamed.conversation;

import io.github.llavamed.config.ModelFamily;

/** The two releases of LLaVA-Med, whose templates and rendering rules differ. */
public enum Release {
  /** v1.0.0. */
  V1_0("v1.0", "v1.0.0"),
  /** v1.5, the {@code main} branch. */
  V1_5("v1.5", "v1.5");

  private final String id;
  private final String resourceKey;

  Release(String id, String resourceKey) {
    this.id = id;
    this.resourceKey = resourceKey;
  }

  /** Returns the name that users type: {@code v1.0} or {@code v1.5}. */
  public String id() {
    return id;
  }

  /** Returns the name of the release in template files: {@code v1.0.0} or {@code v1.5}. */
  String resourceKey() {
    return resourceKey;
  }

  /** Returns the release whose templates a family uses; {@link ModelFamily#HF_LLAVA} uses v1.5. */
  public static Release of(ModelFamily family) {
    return switch (family) {
      case LLAVA_V1_0 -> V1_0;
      case LLAVA_V1_5, HF_LLAVA -> V1_5;
    };
  }
}
