package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OrtSession;
import io.github.llavamed.inference.WeightPlacement;
import java.nio.file.Path;

/** In which form the runtime gets a decoder's weights. */
public enum WeightForm {
  /** Packed while it loads. */
  PACKED(WeightPlacement.PACKED) {
    @Override
    OrtSession open(Path model, int threads) {
      return OrtSessions.open(model, threads);
    }
  },
  /** Packed before, in a copy beside the export. */
  SAVED(WeightPlacement.PACKED) {
    @Override
    OrtSession open(Path model, int threads) {
      return PrepackedModel.open(model, threads);
    }
  },
  /** As they lie in the export's files. */
  MAPPED(WeightPlacement.MAPPED) {
    @Override
    OrtSession open(Path model, int threads) {
      return OrtSessions.open(model, threads, false, WeightPlacement.MAPPED);
    }
  };

  private final WeightPlacement placement;

  WeightForm(WeightPlacement placement) {
    this.placement = placement;
  }

  /** Returns where weights of this form are kept. */
  public WeightPlacement placement() {
    return placement;
  }

  /** Opens a session for runs of several shapes; the caller closes it. */
  abstract OrtSession open(Path model, int threads);
}
