package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.model.ModelInspection;
import java.util.List;

/** An inspection as one JSON object. */
final class InspectionJson {
  private InspectionJson() {}

  static ObjectNode of(ModelInspection inspection) {
    ObjectNode json = JsonText.object();
    json.put("directory", inspection.directory().toString());
    json.put("family", inspection.family() == null ? null : inspection.family().id());
    json.put("loadable", inspection.isLoadable());
    if (inspection.config() != null) {
      json.set("config", config(inspection.config().config()));
      strings(json.putArray("unknown_config_keys"), inspection.config().unknownKeys());
    }
    json.put("total_bytes", inspection.totalBytes());
    json.put("tokenizer_length", inspection.tokenizerLength());
    ObjectNode added = json.putObject("added_tokens");
    inspection.addedTokens().forEach(added::put);
    if (inspection.visionTower() != null) {
      ObjectNode tower = json.putObject("vision_tower");
      tower.put("source", inspection.visionTower().isFromCheckpoint() ? "checkpoint" : "directory");
      tower.put(
          "directory",
          inspection.visionTower().directory() == null
              ? null
              : inspection.visionTower().directory().toString());
      tower.put("reason", inspection.visionTower().reason());
    }
    tensors(json.putArray("tensors"), inspection.tensors());
    tensors(json.putArray("vision_tower_tensors"), inspection.towerTensors());
    strings(json.putArray("missing"), inspection.missing());
    strings(json.putArray("unused"), inspection.unused());
    strings(json.putArray("problems"), inspection.problems());
    strings(json.putArray("notes"), inspection.notes());
    return json;
  }

  private static ObjectNode config(LlavaConfig config) {
    ObjectNode json = JsonText.object();
    ObjectNode text = json.putObject("language_model");
    text.put("model_type", config.languageModel().modelType());
    text.put("hidden_size", config.languageModel().hiddenSize());
    text.put("intermediate_size", config.languageModel().intermediateSize());
    text.put("num_hidden_layers", config.languageModel().numHiddenLayers());
    text.put("num_attention_heads", config.languageModel().numAttentionHeads());
    text.put("num_key_value_heads", config.languageModel().numKeyValueHeads());
    text.put("head_dim", config.languageModel().headDim());
    text.put("rms_norm_eps", config.languageModel().rmsNormEps());
    text.put("rope_theta", config.languageModel().ropeTheta());
    text.put("max_position_embeddings", config.languageModel().maxPositionEmbeddings());
    text.put("sliding_window", config.languageModel().slidingWindow());
    text.put("vocab_size", config.languageModel().vocabSize());
    text.put("tie_word_embeddings", config.languageModel().tieWordEmbeddings());
    ObjectNode tower = json.putObject("vision_tower");
    tower.put("name", config.visionTowerName());
    tower.put("type", config.visionTower().type().name().toLowerCase(java.util.Locale.ROOT));
    tower.put("hidden_size", config.visionTower().hiddenSize());
    tower.put("num_hidden_layers", config.visionTower().numHiddenLayers());
    tower.put("image_size", config.visionTower().imageSize());
    tower.put("patch_size", config.visionTower().patchSize());
    tower.put("select_layer", config.featureSelection().layer());
    tower.put("class_token_dropped", config.featureSelection().dropClassToken());
    json.put("mm_projector_type", config.projector().typeName());
    json.put("image_aspect_ratio", config.imageAspect().name().toLowerCase(java.util.Locale.ROOT));
    json.put("image_tokens", config.imageFeatureCount());
    json.put("mm_use_im_start_end", config.mmUseImStartEnd());
    json.put("context_length", config.contextLength());
    json.put("torch_dtype", config.torchDtype());
    return json;
  }

  private static void tensors(ArrayNode array, List<TensorInfo> tensors) {
    for (TensorInfo info : tensors) {
      ObjectNode tensor = array.addObject();
      tensor.put("name", info.name());
      tensor.put("dtype", info.dtype().name());
      ArrayNode shape = tensor.putArray("shape");
      for (long dim : info.shape().toArray()) {
        shape.add(dim);
      }
      tensor.put("file", info.file().getFileName().toString());
    }
  }

  private static void strings(ArrayNode array, List<String> strings) {
    strings.forEach(array::add);
  }
}
