package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.AddedToken;

/**
 * A token as a configuration file declares it for a role.
 *
 * @param token content and flags; a plain string has the flags of a special token
 * @param plain whether the file gives a plain string, which v1.0 strips white space around
 */
record DeclaredToken(AddedToken token, boolean plain) {
  static DeclaredToken plain(String content) {
    return new DeclaredToken(AddedToken.of(content, true), true);
  }

  static DeclaredToken object(AddedToken token) {
    return new DeclaredToken(token, false);
  }

  String content() {
    return token.content();
  }
}
