package io.github.llavamed.onnx.internal.graph;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash by which exported files are known. */
public final class Sha256 {
  private Sha256() {}

  /** Returns a new digest. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every Java platform", e);
    }
  }
}
