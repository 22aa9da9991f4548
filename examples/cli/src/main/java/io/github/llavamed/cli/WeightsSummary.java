package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.weights.TensorAction;
import io.github.llavamed.weights.TensorOutcome;
import io.github.llavamed.weights.WeightsReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Tells what a weight tool wrote: the place on standard output, the rest on standard error. */
final class WeightsSummary {
  private WeightsSummary() {}

  static void print(WeightsReport report, PrintWriter out, PrintWriter err) {
    for (TensorAction action : TensorAction.values()) {
      List<TensorOutcome> tensors = report.tensors(action);
      if (!tensors.isEmpty()) {
        err.println(
            tensors.size()
                + " tensor(s) "
                + action.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
    }
    report.notFinite().forEach(tensor -> err.println("warning: not finite: " + tensor));
    report.notes().forEach(err::println);
    if (report.verified()) {
      err.println("verified: every tensor was read again");
    }
    out.println(report.output());
  }

  /** Returns everything that was done, tensor by tensor, as indented JSON. */
  static String json(WeightsReport report) {
    ObjectNode json = JsonText.object();
    json.put("output", report.output().toString());
    json.put("verified", report.verified());
    json.put("bytes", report.byteSize());
    ArrayNode files = json.putArray("copied_files");
    report.copiedFiles().forEach(files::add);
    ArrayNode notes = json.putArray("notes");
    report.notes().forEach(notes::add);
    ArrayNode tensors = json.putArray("tensors");
    for (TensorOutcome tensor : report.tensors()) {
      ObjectNode item = tensors.addObject();
      item.put("name", tensor.name());
      item.put("action", tensor.action().name().toLowerCase(Locale.ROOT));
      item.put("dtype", tensor.dtype().name());
      ArrayNode shape = item.putArray("shape");
      for (long size : tensor.shape().toArray()) {
        shape.add(size);
      }
      item.put("nan", tensor.nanCount());
      item.put("inf", tensor.infinityCount());
      item.put("crc32", "%08x".formatted(tensor.crc32()));
    }
    return JsonText.pretty(json);
  }
}
