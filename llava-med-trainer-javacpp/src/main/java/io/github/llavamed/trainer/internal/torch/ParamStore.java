package io.github.llavamed.trainer.internal.torch;

import io.github.llavamed.model.ModelMismatchException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
 * <p>A store with a {@link Partition} keeps only its rank's slice of what it is given, and in place
 * of the tensor one of that shape without memory; whoever computes lends it the whole for a while.
 *
 * <p>Owns its tensors; {@link #close()} frees them and is idempotent. Confined to one thread while
 * it changes.
 */
public final class ParamStore implements AutoCloseable {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, Tensor> lent = new HashMap<>();
  private final Device device;
  private final @Nullable Partition partition;
  private final @Nullable ParamStore slices;

  /** Creates an empty store for tensors on a device, {@code cpu} or {@code cuda:0} …. */
  public ParamStore(String device) {
    this(device, null);
  }

  /**
   * Creates an empty store that keeps slices.
   *
   * @param partition which tensors are cut and how, or null to keep all of them whole
   */
  public ParamStore(String device, @Nullable Partition partition) {
    this.device = new Device(device);
    this.device.retainReference();
    this.partition = partition;
    this.slices = partition == null ? null : new ParamStore(device);
  }

  /** Returns how tensors are cut, or null if they are whole. */
  public @Nullable Partition partition() {
    return partition;
  }

  /**
   * Returns this rank's slices by the names of their tensors, which stay the store's. // [c] each
   *
   * @throws IllegalStateException if the tensors are whole
   */
  public ParamStore slices() {
    if (slices == null) {
      throw new IllegalStateException("the tensors of this store are whole");
    }
    return slices;
  }

  /** Returns where the tensors are. */
  public Device device() {
    return device;
  }

  /** Takes over a tensor, in place of one of the same name. */
  public void put(String name, Tensor tensor) {
    Tensor kept = tensor;
    if (partition != null && partition.covers().test(name)) {
      slices().put(name, partition.slice(tensor));
      kept = Partition.placeholder(tensor);
      tensor.close();
    }
    Tensor before = tensors.put(name, kept);
    if (before != null) {
      before.close();
    }
  }

  /** Takes over the whole of a cut tensor until {@link #takeBack}. */
  public void lend(String name, Tensor whole) {
    Tensor before = lent.put(name, whole);
    if (before != null) {
      before.close();
    }
  }

  /** Frees the whole of a cut tensor; nothing happens if it is not there. */
  public void takeBack(String name) {
    Tensor whole = lent.remove(name);
    if (whole != null) {
      whole.close();
    }
  }

  /**
   * Returns a tensor, which stays the store's.
   *
   * @throws ModelMismatchException if there is none of that name
   */
  public Tensor get(String name) {
    Tensor tensor = find(name);
    if (tensor == null) {
      throw new ModelMismatchException(
          "tensor '%s': not among the %d of the model".formatted(name, tensors.size()));
    }
    return tensor;
  }

  /** Returns a tensor, or null if there is none of that name. */
  public @Nullable Tensor find(String name) {
    Tensor whole = lent.get(name);
    return whole == null ? tensors.get(name) : whole;
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
    if (slices != null) {
      slices.tensors.forEach((name, slice) -> slice.set_requires_grad(names.contains(name)));
    }
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
    if (slices != null) {
      slices.close();
    }
    lent.values().forEach(Tensor::close);
    lent.clear();
    tensors.values().forEach(Tensor::close);
    tensors.clear();
    device.close();
  }
}
