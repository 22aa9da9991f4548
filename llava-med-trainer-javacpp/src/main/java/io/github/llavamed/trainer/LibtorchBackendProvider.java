package io.github.llavamed.trainer;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.BackendStatus;
import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.trainer.internal.infer.TorchBackend;
import io.github.llavamed.trainer.internal.torch.LibTorch;

/**
 * Provides inference on libtorch, id {@value #ID}: fp32 and bf16, on the CPU or a GPU.
 *
 * <p>The reference that other backends are held against; the same model that is trained. Stateless.
 */
public final class LibtorchBackendProvider implements InferenceBackendProvider {
  /** The id that users type. */
  public static final String ID = "libtorch";

  private static final int PRIORITY = 50;
  private static final String CPU = "cpu";

  /** Creates the provider; loads nothing native. */
  public LibtorchBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public int spiVersion() {
    return InferenceBackendProvider.SPI_VERSION;
  }

  @Override
  public BackendStatus probe() {
    try {
      return BackendStatus.available("libtorch on " + String.join(", ", LibTorch.devices()));
    } catch (BackendUnavailableException e) {
      return BackendStatus.unavailable(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public InferenceBackend create(ModelArtifacts model, BackendOptions options) {
    String device = options.device() == null ? CPU : options.device();
    if (!LibTorch.devices().contains(device)) {
      throw new LlavaMedException(
          "backend '%s': device '%s' is not available; available: %s"
              .formatted(ID, device, String.join(", ", LibTorch.devices())));
    }
    Precision precision = options.precision() == null ? Precision.FP32 : options.precision();
    if (precision != Precision.FP32 && precision != Precision.BF16) {
      throw new LlavaMedException(
          "backend '%s': precision '%s' is not available; available: fp32, bf16"
              .formatted(ID, precision.id()));
    }
    Precision tower = options.towerPrecision();
    if (tower != null && tower != precision) {
      throw new LlavaMedException(
          "backend '%s': a vision tower in %s beside a decoder in %s is not available; both have"
                  .formatted(ID, tower.id(), precision.id())
              + " one precision");
    }
    if (options.weightPlacement() != null) {
      throw new LlavaMedException(
          ("backend '%s': weights '%s' are not available: it leaves no choice, tensors of the"
                  + " checkpoint's own type stay in its files")
              .formatted(ID, options.weightPlacement().id()));
    }
    int threads = options.threads() == null ? 0 : options.threads();
    if (options.threads() != null && threads < 1) {
      throw new LlavaMedException(
          "backend '%s': threads: expected at least 1, found %d".formatted(ID, threads));
    }
    LibTorch.setThreads(threads, precision == Precision.FP32);
    return TorchBackend.open(ID, model, precision, device);
  }
}
