package io.github.llavamed.trainer.internal.torch;

import io.github.llavamed.model.ModelMismatchException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The model's tensors by their canonical names, in the order of the forward pass.
 *
 * <p>Owns its tensors; {@link #close()} frees them and is idempotent. Confined to one thread while
 * it changes.
 */
public final class ParamStore implements AutoCloseable {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Device device;

  /** Creates an empty store for tensors on a device, {@code cpu} or {@code cuda:0} …. */
  public ParamStore(String device) {
    this.device = new Device(device);
    this.device.retainReference();
  }

  /** Returns where the tensors are. */
  public Device device() {
    return device;
  }

  /** Takes over a tensor, in place of one of the same name. */
  public void put(String name, Tensor tensor) {
    Tensor before = tensors.put(name, tensor);
    if (before != null) {
      before.close();
    }
  }

  /**
   * Returns a tensor, which stays the store's.
   *
   * @throws ModelMismatchException if there is none of that name
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelMismatchException(
          "tensor '%s': not among the %d of the model".formatted(name, tensors.size()));
    }
    return tensor;
  }

  /** Returns a tensor, or null if there is none of that name. */
  public @Nullable Tensor find(String name) {
    return tensors.get(name);
  }

  /** Returns whether there is a tensor of that name. */
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /** Returns the names, in the order in which they came. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** Sets which tensors get gradients; all others are frozen. */
  public void setTrainable(Set<String> names) {
    names.forEach(this::get);
    tensors.forEach((name, tensor) -> tensor.set_requires_grad(names.contains(name)));
  }

  /** Returns whether a tensor gets gradients. */
  public boolean isTrainable(String name) {
    Tensor tensor = tensors.get(name);
    return tensor != null && tensor.requires_grad();
  }

  /** Returns the names of the tensors that get gradients, in order. */
  public List<String> trainableNames() {
    List<String> names = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> {
          if (tensor.requires_grad()) {
            names.add(name);
          }
        });
    return names;
  }

  /** Returns whether any tensor whose name starts with the prefix gets gradients. */
  public boolean anyTrainable(String prefix) {
    return tensors.entrySet().stream()
        .anyMatch(e -> e.getKey().startsWith(prefix) && e.getValue().requires_grad());
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
    tensors.clear();
    device.close();
  }
}
