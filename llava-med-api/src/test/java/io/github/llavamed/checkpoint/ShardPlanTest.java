package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardPlanTest {
  @Test
  void putsEverythingThatFitsInOneFile() {
    ShardPlan plan = plan(300, 100, 200);
    assertThat(plan.isSharded()).isFalse();
    assertThat(plan.shards().get(0).fileName()).isEqualTo("model.safetensors");
    assertThat(plan.totalBytes()).isEqualTo(300);
    assertThat(CheckpointWriter.planShards(List.of(), 1).shards()).hasSize(1);
  }

  @Test
  void beginsAShardWhenTheNextTensorWouldExceedTheLimit() {
    ShardPlan plan = plan(300, 100, 200, 1, 299, 1);
    assertThat(plan.shards()).extracting(ShardPlan.Shard::byteSize).containsExactly(300L, 300L, 1L);
    assertThat(plan.shards())
        .extracting(ShardPlan.Shard::fileName)
        .containsExactly(
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors");
  }

  @Test
  void givesTensorsAboveTheLimitAShardOfTheirOwn() {
    assertThat(plan(100, 500, 50, 50, 500).shards())
        .extracting(ShardPlan.Shard::byteSize)
        .containsExactly(500L, 100L, 500L);
  }

  @Test
  void plansThePublishedSevenBillionModel() {
    // 6,738,415,616 parameters of LLaMA-7B with 32004 rows: 13.5 GB in 16 bit, 27 GB in 32 bit.
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(new TensorSpec("embed", DType.F16, Shape.of(32004, 4096)));
    for (int i = 0; i < 32; i++) {
      tensors.add(new TensorSpec("attention." + i, DType.F16, Shape.of(4, 4096, 4096)));
      tensors.add(new TensorSpec("mlp." + i, DType.F16, Shape.of(3, 11008, 4096)));
    }
    tensors.add(new TensorSpec("head", DType.F16, Shape.of(32004, 4096)));
    assertThat(ShardPlan.of(tensors, 10_000_000_000L).shards()).hasSize(2);
    assertThat(ShardPlan.of(tensors, ShardPlan.DEFAULT_MAX_SHARD_BYTES).shards()).hasSize(3);
    List<TensorSpec> wide = tensors.stream().map(spec -> spec.withDtype(DType.F32)).toList();
    assertThat(ShardPlan.of(wide, 10_000_000_000L).shards()).hasSize(3);
  }

  @Test
  void refusesSameNamesAndEmptyShards() {
    TensorSpec spec = new TensorSpec("a", DType.U8, Shape.of(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShardPlan.of(List.of(spec, spec), 10))
        .withMessageContaining("'a'");
    assertThatIllegalArgumentException().isThrownBy(() -> ShardPlan.of(List.of(spec), 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorSpec("__metadata__", DType.U8, Shape.of(1)));
  }

  private static ShardPlan plan(long limit, long... sizes) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (long size : sizes) {
      tensors.add(new TensorSpec("t" + tensors.size(), DType.U8, Shape.of(size)));
    }
    return CheckpointWriter.planShards(tensors, limit);
  }
}
