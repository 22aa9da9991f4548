package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CheckpointLimitsTest {
  @Test
  void changesSingleLimits() {
    CheckpointLimits limits =
        CheckpointLimits.defaults().toBuilder()
            .headerBytes(1)
            .tensors(2)
            .rank(3)
            .nestingDepth(4)
            .shards(5)
            .zipEntries(6)
            .pickleBytes(7)
            .pickleObjects(8)
            .expandedBytes(9)
            .build();
    assertThat(limits).isEqualTo(new CheckpointLimits(1, 2, 3, 4, 5, 6, 7, 8, 9));
  }

  @Test
  void refusesNegativeLimitsAndDepthsBeyondTheStack() {
    CheckpointLimits.Builder builder = CheckpointLimits.defaults().toBuilder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.expandedBytes(-1).build());
    CheckpointLimits.Builder deep = CheckpointLimits.defaults().toBuilder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> deep.nestingDepth(1001).build())
        .withMessageContaining("1000");
  }
}
