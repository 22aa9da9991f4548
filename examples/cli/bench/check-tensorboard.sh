#!/usr/bin/env bash
# Trains a tiny model in two pieces with event files, and holds what the real TensorBoard reads against the metrics file.
#   python3 -m venv venv && venv/bin/pip install tensorboard
#   PYTHON=venv/bin/python examples/cli/bench/check-tensorboard.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
golden=$root/llava-med-api/src/test/resources/golden/train
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
train() {
  ${LLAVA_MED:-"$root/llava-med"} train --model_name_or_path "$golden/ckpt/start" --vision_tower "$golden/tower/clip28" \
    --data_path "$golden/data/instruct.json" --image_folder "$golden/data/images" --output_dir "$work/out" \
    --mm_vision_select_layer -2 --mm_use_im_start_end True --model_max_length 256 --learning_rate 1e-3 \
    --per_device_train_batch_size 2 --lr_scheduler_type constant --save_steps 5 --threads 1 --report_to tensorboard "$@"
}
train --max_steps 8
# Goes on from the checkpoint of step 5: steps 6 to 8 are done again, and their first events must go.

train --max_steps 12
"${PYTHON:-python3}" - "$work/out" <<'PY'
import json, math, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

out = sys.argv[1]
events = EventAccumulator(out + "/runs")
events.Reload()
lines = [json.loads(line) for line in open(out + "/metrics.jsonl")]
tags = {
    "train/loss": "loss", "train/learning_rate": "learning_rate", "train/grad_norm": "grad_norm",
    "train/epoch": "epoch", "train/tokens_per_second": "tokens_per_second",
    "train/trained_tokens": "trained_tokens", "train/memory_bytes": "memory_bytes",
}
assert set(events.Tags()["scalars"]) == set(tags), events.Tags()
for tag, key in tags.items():
    scalars = events.Scalars(tag)
    assert [s.step for s in scalars] == [line["step"] for line in lines], (tag, [s.step for s in scalars])
    for scalar, line in zip(scalars, lines):
        assert math.isclose(scalar.value, line[key], rel_tol=1e-6), (tag, scalar, line[key])
print("TensorBoard reads", len(lines), "steps of", len(tags), "scalars as they were written")
PY
