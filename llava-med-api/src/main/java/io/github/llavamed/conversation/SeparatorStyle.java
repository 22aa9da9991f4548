package io.github.llavamed.conversation;

/**
 * How a template joins the turns of a conversation.
 *
 * <p>"Empty" below is a message without text: the place of the answer to come.
 */
public enum SeparatorStyle {
  /** {@code system sep}, then {@code role: text sep} per turn; empty: {@code role:}. */
  SINGLE,
  /** As {@link #SINGLE}, with {@code sep} after user turns and {@code sep2} after answers. */
  TWO,
  /** {@code system sep}, then {@code role text sep} per turn; empty: {@code role}. v1.5 only. */
  MPT,
  /** {@code sep [INST] text [/INST]} and {@code text sep2}; empty: nothing. v1.5 only. */
  LLAMA_2,
  /** Texts without roles, {@code sep} and {@code sep2} after them; empty: nothing. v1.5 only. */
  PLAIN,
  /** {@code [INST] text [/INST]} and {@code text</s>}; empty: nothing. v1.5 only. */
  MISTRAL
}
