package io.github.llavamed.checkpoint;

import java.nio.file.Path;

/**
 * Where the bytes of a tensor lie in a file, one after the other; for code that maps files itself.
 *
 * <p>The file is that of the open checkpoint and must not be changed while anything maps it; a file
 * that takes its name is another file.
 *
 * @param file the file
 * @param offset where its first byte is, ≥ 0
 * @param size number of bytes
 */
public record FileRegion(Path file, long offset, long size) {}
