/**
 * Turns of a conversation to prompt text, by named templates.
 *
 * <p>{@link io.github.llavamed.conversation.ConversationTemplates} holds the templates of both
 * releases, {@link io.github.llavamed.conversation.Conversation} the turns of one dialogue, {@link
 * io.github.llavamed.conversation.QuestionPrompt} makes the prompt of a single question.
 *
 * <pre>{@code
 * ConversationTemplate template =
 *     ConversationTemplates.bundled().byName(Release.V1_5, "mistral_instruct");
 * Conversation conversation = Conversation.of(template);
 * conversation.append(Role.USER, "<image>\nIs there a fracture?").append(Role.ASSISTANT, null);
 * String prompt = conversation.prompt(); // "[INST] <image>\nIs there a fracture? [/INST]"
 * }</pre>
 */
@NullMarked
package io.github.llavamed.conversation;

import org.jspecify.annotations.NullMarked;
