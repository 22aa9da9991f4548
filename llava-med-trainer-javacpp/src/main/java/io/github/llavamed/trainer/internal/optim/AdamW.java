package io.github.llavamed.trainer.internal.optim;

import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorList;
import org.bytedeco.pytorch.global.torch;

/**
 * AdamW over libtorch's fused kernel, with decoupled weight decay and bias correction.
 *
 * <p>State is float32, beside each parameter. A parameter without gradient takes part with zeros:
 * momentum goes on, as in the original for a projector after text-only samples. Owns its state;
 * {@link #close()} frees it. Confined to one thread.
 */
public final class AdamW implements AutoCloseable {
  /** Measured: the C++ class AdamW of libtorch is four times slower than this kernel. */
  private static final String KERNEL = "aten::_fused_adamw_";

  private final AdamWConfig config;
  private final ParamStore params;
  private final Map<String, Moments> moments = new LinkedHashMap<>();
  private final OperatorHandle kernel;

  /**
   * What AdamW remembers of one parameter.
   *
   * @param expAvg mean of the gradients
   * @param expAvgSq mean of their squares
   * @param step number of steps so far, a float32 scalar
   */
  public record Moments(Tensor expAvg, Tensor expAvgSq, Tensor step) {
    void close() {
      expAvg.close();
      expAvgSq.close();
      step.close();
    }
  }

  /** Creates the optimiser of all trainable tensors of a store, with zero state. */
  public AdamW(AdamWConfig config, ParamStore params) {
    this.config = config;
    this.params = params;
    this.kernel = Dispatcher.singleton().findSchemaOrThrow(KERNEL, "");
    this.kernel.retainReference();
    for (String name : params.trainableNames()) {
      Tensor parameter = params.get(name);
      moments.put(
          name,
          new Moments(
              Scopes.keepNoGrad(() -> torch.zeros_like(parameter)),
              Scopes.keepNoGrad(() -> torch.zeros_like(parameter)),
              Scopes.keepNoGrad(() -> parameter.new_zeros(1).squeeze().clone())));
    }
  }

  /** Returns the state by parameter, in the order of the store. */
  public Map<String, Moments> moments() {
    return Collections.unmodifiableMap(moments);
  }

  /** Returns whether weights of this name decay: all but biases, as in the original. */
  public static boolean decays(String name) {
    // RMSNorm weights decay too: the original's library does not take them for a LayerNorm.
    return !name.contains("bias");
  }

  /**
   * Sets the state of a parameter, as restored from a checkpoint.
   *
   * @param expAvg copied
   * @param expAvgSq copied
   */
  public void restore(String name, Tensor expAvg, Tensor expAvgSq, double step) {
    Moments state = moments.get(name);
    if (state == null) {
      throw new IllegalArgumentException("parameter '" + name + "' is not trained");
    }
    Scopes.runNoGrad(
        () -> {
          state.expAvg().copy_(expAvg);
          state.expAvgSq().copy_(expAvgSq);
          state.step().fill_(new Scalar(step));
        });
  }

  /** Takes one step with the gradients that the parameters hold. */
  public void step(double learningRate) {
    Scopes.runNoGrad(
        () -> {
          List<String> decayed = new ArrayList<>();
          List<String> plain = new ArrayList<>();
          moments.keySet().forEach(name -> (decays(name) ? decayed : plain).add(name));
          step(decayed, learningRate, config.weightDecay());
          step(plain, learningRate, 0);
        });
  }

  private void step(List<String> names, double learningRate, double weightDecay) {
    if (names.isEmpty()) {
      return;
    }
    List<Tensor> parameters = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    List<Tensor> expAvgs = new ArrayList<>();
    List<Tensor> expAvgSqs = new ArrayList<>();
    List<Tensor> steps = new ArrayList<>();
    for (String name : names) {
      Tensor parameter = params.get(name);
      Moments state = Objects.requireNonNull(moments.get(name));
      Tensor gradient = parameter.grad();
      parameters.add(parameter);
      gradients.add(gradient.defined() ? gradient : torch.zeros_like(parameter));
      expAvgs.add(state.expAvg());
      expAvgSqs.add(state.expAvgSq());
      steps.add(state.step().add_(new Scalar(1.0)));
    }
    IValueVector stack = new IValueVector();
    for (List<Tensor> list :
        List.of(parameters, gradients, expAvgs, expAvgSqs, List.<Tensor>of(), steps)) {
      stack.push_back(listOf(list));
    }
    stack
        .push_back(new IValue(learningRate))
        .push_back(new IValue(config.beta1()))
        .push_back(new IValue(config.beta2()))
        .push_back(new IValue(weightDecay))
        .push_back(new IValue(config.epsilon()))
        .push_back(new IValue(false)) // amsgrad
        .push_back(new IValue(false)) // maximize
        .push_back(new IValue()) // grad_scale
        .push_back(new IValue()); // found_inf
    kernel.callBoxed(stack);
  }

  private static IValue listOf(Collection<Tensor> tensors) {
    TensorList list = new TensorList();
    tensors.forEach(list::push_back);
    return new IValue(new GenericList(list));
  }

  @Override
  public void close() {
    moments.values().forEach(Moments::close);
    moments.clear();
    kernel.close();
  }
}
