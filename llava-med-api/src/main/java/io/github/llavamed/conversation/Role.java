package io.github.llavamed.conversation;

/** Who speaks. */
public enum Role {
  /** The one who asks; the first of a template's two role names. */
  USER,
  /** The model; the second of a template's two role names. */
  ASSISTANT
}
