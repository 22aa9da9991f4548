package io.github.llavamed.trainer.internal.engine;

import io.github.llavamed.trainer.internal.nn.DecoderLayer;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import java.util.ArrayList;
import java.util.List;

/**
 * Which tensors each stage computes with. The tower is no stage: it is frozen and stays whole.
 *
 * @param embedding token embedding and projector
 * @param layers the tensors of each decoder layer
 * @param head final norm and output embedding
 */
record StageNames(List<String> embedding, List<List<String>> layers, List<String> head) {
  static StageNames of(ParamStore params, int layerCount) {
    List<List<String>> layers = new ArrayList<>();
    for (int i = 0; i < layerCount; i++) {
      String prefix = DecoderLayer.prefix(i);
      layers.add(params.names().stream().filter(name -> name.startsWith(prefix)).toList());
    }
    List<String> embedding =
        params.names().stream()
            .filter(
                name ->
                    name.equals(LlavaForConditionalGeneration.EMBED_TOKENS)
                        || name.startsWith(MultiModalProjector.PREFIX))
            .toList();
    return new StageNames(
        embedding,
        layers,
        List.of(LlavaForConditionalGeneration.FINAL_NORM, LlavaForConditionalGeneration.LM_HEAD));
  }

  List<String> layer(int index) {
    return layers.get(index);
  }
}
