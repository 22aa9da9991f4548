/** Prompt text and images to token and image segments. */
@NullMarked
package io.github.llavamed.prompt;

import org.jspecify.annotations.NullMarked;
