package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.TrainingConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.bytedeco.pytorch.Tensor;

/** Hashes everything that an image's features depend on but the image. Stateless. */
final class TowerHash {
  private TowerHash() {}

  /** Returns the SHA-256 of some bytes, in hexadecimal. */
  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /**
   * Returns the hash of a run's tower: its weights as they are in memory, its settings, the
   * selected layer, the type of products, the device, how images are prepared.
   *
   * @param processor the settings of the image processor, as text
   */
  static String of(
      ParamStore params, LlavaConfig config, TrainingConfig training, String processor) {
    MessageDigest digest = sha256();
    String settings =
        String.join(
            "\n",
            config.visionTower().toString(),
            config.featureSelection().toString(),
            training.precision().id(),
            training.device(),
            training.imageAspectRatio().toString(),
            processor);
    digest.update(settings.getBytes(StandardCharsets.UTF_8));
    for (String name : params.names()) {
      if (StartModel.isTower(name)) {
        Tensor tensor = params.get(name);
        String shape = name + Arrays.toString(TensorTransfer.sizes(tensor));
        digest.update(shape.getBytes(StandardCharsets.UTF_8));
        digest.update(TensorTransfer.toBytes(tensor));
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
