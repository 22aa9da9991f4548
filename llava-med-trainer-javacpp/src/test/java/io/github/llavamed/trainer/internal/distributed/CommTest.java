package io.github.llavamed.trainer.internal.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.RankContext;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class CommTest {
  @BeforeAll
  static void loadLibrary() {
    LibTorch.load();
  }

  static boolean cpuBuild() {
    LibTorch.load();
    return !torch.cuda_is_available();
  }

  @Test
  void aProcessAloneHasTheWholeAndTheSum() {
    try (Comm comm = Comm.join(RankContext.SINGLE, "cpu");
        PointerScope scope = new PointerScope()) {
      Tensor part = Tensor.create(1f, 2f);
      Tensor gathered = torch.zeros(2);
      Tensor scattered = torch.zeros(2);

      comm.allGather(gathered, part);
      comm.reduceScatter(scattered, part);

      assertThat(gathered.equal(part)).isTrue();
      assertThat(scattered.equal(part)).isTrue();
      assertThat(comm.sum(0.1, 3)).containsExactly(0.1, 3);
      assertThat(comm.worldSize()).isEqualTo(1);
    }
  }

  @Test
  @EnabledIf("cpuBuild")
  void namesWhatNcclLacksBeforeItWaitsForOthers() {
    RankContext ranks = new RankContext(0, 2, "127.0.0.1", 29_500);

    assertThatThrownBy(() -> Comm.join(ranks, "cuda:0"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("NCCL")
        .hasMessageContaining("libnccl.so.2")
        .hasMessageContaining("--device cpu");
  }

  @Test
  void saysWhereAndWhyRanksCannotMeet() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      RankContext ranks = new RankContext(0, 2, "127.0.0.1", taken.getLocalPort());

      assertThatThrownBy(() -> Comm.join(ranks, "cpu"))
          .isInstanceOf(BackendUnavailableException.class)
          .hasMessageContaining("rank 0 of 2")
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
    }
  }
}
