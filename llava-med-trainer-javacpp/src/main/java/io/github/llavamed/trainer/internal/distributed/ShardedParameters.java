package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.trainer.internal.optim.Gradients;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A slice of every tensor on every rank; the tensors of one unit are whole while it computes.
 *
 * <p>A unit travels as one flat message per type: the slices of its tensors one after the other.
 * Letters: w ranks, t elements of a rank's slices together, c of one slice, n of one tensor.
 */
final class ShardedParameters implements ParameterLayout {
  private static final String LAYERS = "model.layers.";

  private final ParamStore params;
  private final ParamStore slices;
  private final Comm comm;
  private final ScalarType computeType;

  ShardedParameters(ParamStore params, Comm comm, ScalarType computeType) {
    this.params = params;
    this.slices = params.slices();
    this.comm = comm;
    this.computeType = computeType;
  }

  @Override
  public boolean isSharded() {
    return true;
  }

  @Override
  public ParamStore held() {
    return slices;
  }

  @Override
  public void acquire(List<String> names) {
    gather(names, this::typeInUse);
  }

  @Override
  public void acquireExact(List<String> names) {
    gather(names, name -> slices.get(name).scalar_type().intern());
  }

  /**
   * Matrices of layers are cast on each use, once a pass: cast before they travel they give the
   * same bits in half the bytes. Others are used in float32, or several times, and add up there.
   */
  private ScalarType typeInUse(String name) {
    return name.startsWith(LAYERS) && params.get(name).dim() == 2
        ? computeType
        : slices.get(name).scalar_type().intern();
  }

  private void gather(List<String> names, Function<String, ScalarType> type) {
    Map<ScalarType, List<String>> byType = new LinkedHashMap<>();
    for (String name : names) {
      byType.computeIfAbsent(type.apply(name), t -> new ArrayList<>()).add(name);
    }
    byType.forEach((t, group) -> Scopes.runNoGrad(() -> gatherAs(t, group)));
  }

  private void gatherAs(ScalarType type, List<String> names) {
    TensorVector parts = new TensorVector();
    names.forEach(name -> parts.push_back(slices.get(name).detach().to(type)));
    Tensor part = torch.cat(parts, 0); // [t]
    Tensor whole =
        part.new_empty(new long[] {comm.worldSize() * part.numel()}, new TensorOptions(type));
    comm.allGather(whole, part);
    Tensor ranks = whole.view(comm.worldSize(), part.numel()); // [w, t]
    long offset = 0;
    for (String name : names) {
      Tensor shape = params.get(name);
      long length = slices.get(name).numel();
      Tensor flat = ranks.narrow(1, offset, length).reshape(-1); // [w * c]
      Tensor tensor = flat.narrow(0, 0, shape.numel()).view(TensorTransfer.sizes(shape)).detach();
      tensor.set_requires_grad(params.isTrainable(name));
      params.lend(name, tensor.retainReference());
      offset += length;
    }
  }

  @Override
  public void release(List<String> names) {
    names.forEach(params::takeBack);
  }

  @Override
  public void reduceGradients(List<String> names) {
    List<String> trained = names.stream().filter(params::isTrainable).toList();
    if (!trained.isEmpty()) {
      Scopes.runNoGrad(() -> reduce(trained));
    }
  }

  private void reduce(List<String> names) {
    long length = names.stream().mapToLong(name -> slices.get(name).numel()).sum();
    TensorOptions float32 = new TensorOptions(ScalarType.Float);
    Tensor first = slices.get(names.get(0));
    Tensor whole = first.new_zeros(new long[] {comm.worldSize(), length}, float32); // [w, t]
    long offset = 0;
    for (String name : names) {
      long count = slices.get(name).numel();
      Tensor gradient = params.get(name).grad();
      if (gradient.defined()) {
        spread(gradient.reshape(-1), whole.narrow(1, offset, count));
      }
      offset += count;
    }
    Tensor part = first.new_empty(new long[] {length}, float32); // [t]
    comm.reduceScatter(part, whole.view(-1));
    offset = 0;
    for (String name : names) {
      Tensor slice = slices.get(name);
      Tensor sum = part.narrow(0, offset, slice.numel()); // [c]
      if (slice.grad().defined()) {
        slice.grad().add_(sum);
      } else {
        slice.mutable_grad().put(sum.clone());
      }
      offset += slice.numel();
    }
  }

  /** Writes a flat tensor into the rows of its slices. // [n] into [w, c] */
  private static void spread(Tensor flat, Tensor rows) {
    long width = rows.size(1);
    long full = flat.numel() / width;
    long rest = flat.numel() - full * width;
    if (full > 0) {
      rows.narrow(0, 0, full).copy_(flat.narrow(0, 0, full * width).view(full, width));
    }
    if (rest > 0) {
      rows.select(0, full).narrow(0, 0, rest).copy_(flat.narrow(0, full * width, rest));
    }
  }

  @Override
  public void averageGradients() {
    Scopes.runNoGrad(
        () -> {
          for (String name : slices.trainableNames()) {
            Tensor gradient = slices.get(name).grad();
            if (gradient.defined()) {
              gradient.div_(new Scalar((double) comm.worldSize()));
            }
          }
        });
  }

  @Override
  public double gradientNorm() {
    double mine = Gradients.norm(slices);
    return Math.sqrt(comm.sum(mine * mine)[0]);
  }
}
