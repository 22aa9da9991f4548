package io.github.llavamed.checkpoint.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritebackTest {
  private static final int STEP = 100;

  @TempDir private Path temp;

  @Test
  void leavesTheFileAsItWasWritten() throws IOException {
    Path file = temp.resolve("file");
    byte[] piece = new byte[STEP / 3];
    try (FileChannel channel = create(file);
        Writeback writeback = new Writeback(channel, STEP)) {
      for (int i = 0; i < 50; i++) {
        writeback.wrote(channel.write(ByteBuffer.wrap(piece)));
      }
      writeback.await();
    }
    assertThat(Files.size(file)).isEqualTo(50L * piece.length);
  }

  @Test
  void doesNothingBeforeItsStep() throws IOException {
    FileChannel channel = create(temp.resolve("file"));
    channel.close();
    Writeback writeback = new Writeback(channel, STEP);

    writeback.wrote(STEP - 1);

    writeback.await(); // forcing a closed channel would have failed
  }

  @Test
  void neverForgetsThatBytesWereLost() throws IOException {
    FileChannel channel = create(temp.resolve("file"));
    channel.close();
    Writeback writeback = new Writeback(channel, STEP);

    writeback.wrote(STEP);

    for (int i = 0; i < 2; i++) {
      assertThatIOException()
          .isThrownBy(writeback::await)
          .withCauseInstanceOf(ClosedChannelException.class);
    }
    assertThatIOException().isThrownBy(() -> writeback.wrote(STEP));
    writeback.close(); // gives up without a complaint
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
