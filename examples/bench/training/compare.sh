#!/usr/bin/env bash
# Step time of the trainer against plain PyTorch: the same shapes, batch and optimiser, in turns.
#
#   PYTHON=venv/bin/python examples/bench/training/compare.sh WORK_DIRECTORY [ROUNDS] [STEPS] [CASES]
#
# CASES: words out of fp32-keep fp32-recompute bf16-keep bf16-recompute. Needs a built tree (mvn package -DskipTests) and torch in
# PYTHON. Prints one line a run, and at the end the median of each side without its first two steps, and their ratio.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
work="$1"; rounds="${2:-2}"; steps="${3:-8}"; cases="${4:-fp32-keep fp32-recompute bf16-keep bf16-recompute}"
python="${PYTHON:-python3}"; threads="${THREADS:-$(nproc)}"; batch=2; length=256
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
classes="$root/examples/cli/target/classes:$(cat "$root/examples/cli/target/dependencies.txt")"
[ -f "$work/start/model.safetensors" ] || "$python" "$here/make_start.py" "$work" "$root/llava-med-api/src/test/resources/golden/train/ckpt/start"

ours() { # precision mode
  rm -rf "$work/out" "$work/metrics.jsonl"
  "$java" -Xmx1g -cp "$classes" io.github.llavamed.cli.Main train --no-progress --quirks none \
    --model_name_or_path "$work/start" --data_path "$work/samples.json" --output_dir "$work/out" --metrics-file "$work/metrics.jsonl" \
    --version mistral_instruct --model_max_length $length --per_device_train_batch_size $batch --max_steps "$steps" \
    --learning_rate 1e-4 --lr_scheduler_type constant --save_strategy no --threads "$threads" \
    --bf16 "$([ "$1" = bf16 ] && echo True || echo False)" \
    --gradient_checkpointing "$([ "$2" = recompute ] && echo True || echo False)" > "$work/out.log" 2>&1 || { cat "$work/out.log" >&2; exit 1; }
  "$python" -c 'import json,sys; print(*("%.3f" % json.loads(line)["seconds"] for line in open(sys.argv[1])))' "$work/metrics.jsonl"
}

for round in $(seq "$rounds"); do
  for case in $cases; do
    precision="${case%-*}"; mode="${case#*-}"
    echo "$case torch $("$python" "$here/torch_step.py" "$precision" "$mode" $batch $length "$steps" "$threads")"
    echo "$case ours $(ours "$precision" "$mode")"
  done
done | tee "$work/runs.txt"
"$python" - "$work/runs.txt" <<'P'
import collections, statistics, sys
times = collections.defaultdict(list)
for line in open(sys.argv[1]):
    case, side, *seconds = line.split()
    times[case, side] += [float(s) for s in seconds[2:]]
print(f"{'case':16} {'torch':>22} {'ours':>22} {'ratio':>6}")
for case in dict.fromkeys(case for case, _ in times):
    cells, medians = [], []
    for side in ("torch", "ours"):
        t = times[case, side]
        medians.append(statistics.median(t))
        cells.append(f"{medians[-1] * 1e3:.0f} ({min(t) * 1e3:.0f}-{max(t) * 1e3:.0f}) ms")
    print(f"{case:16} {cells[0]:>22} {cells[1]:>22} {medians[1] / medians[0]:6.2f}")
P
