package io.github.llavamed.cli;

import java.io.FileNotFoundException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns an exception into the one line that a stranger reads. */
final class FailureMessage {
  private FailureMessage() {}

  static String of(Throwable failure) {
    return describe(failure).replaceAll("\\s*\\R\\s*", " ");
  }

  private static String describe(Throwable failure) {
    if (failure instanceof NoSuchFileException e) {
      return "expected a file or directory, found nothing at '" + e.getFile() + "'";
    }
    if (failure instanceof FileNotFoundException e) {
      return "file not found: " + e.getMessage();
    }
    if (failure instanceof AccessDeniedException e) {
      return "no permission to use '" + e.getFile() + "'";
    }
    if (failure instanceof FileAlreadyExistsException
        || failure instanceof DirectoryNotEmptyException) {
      return "'" + ((FileSystemException) failure).getFile() + "' exists already";
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory (heap limit "
          + (Runtime.getRuntime().maxMemory() >> 20)
          + " MiB); raise it with LLAVA_MED_JAVA_OPTS=-Xmx...";
    }
    String message = failure.getMessage();
    Throwable cause = failure.getCause();
    if (message == null || message.isBlank()) {
      return cause != null && cause != failure
          ? describe(cause)
          : failure.getClass().getSimpleName();
    }
    return message;
  }
}
