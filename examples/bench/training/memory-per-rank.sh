#!/usr/bin/env bash
# Peak memory of each rank, whole and sharded: private memory (RssAnon) and all resident pages (VmHWM), without the files they map.
#
#   examples/bench/training/memory-per-rank.sh START_CHECKPOINT SAMPLES_JSON WORK_DIRECTORY [STEPS] [CASES]
#
# CASES: words RANKS-SHARDING-PRECISION, for example "1-none-fp32 2-none-fp32 2-full-fp32 4-full-bf16". Linux; needs a built tree.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
start="$1"; samples="$2"; work="$3"; steps="${4:-3}"; cases="${5:-1-none-fp32 2-none-fp32 2-full-fp32}"
classes="${CLASSES:-$root/examples/cli/target/classes:$(cat "$root/examples/cli/target/dependencies.txt")}"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
printf '%-16s %-6s %14s %14s\n' case rank "peak private" "peak resident"
for case in $cases; do
  IFS=- read -r ranks sharding precision <<< "$case"
  rm -rf "$work/out" "$work/peak"; mkdir -p "$work/peak"
  "$java" -Xmx512m -XX:+UseSerialGC -cp "$classes" io.github.llavamed.cli.Main train --nproc-per-node "$ranks" --sharding "$sharding" \
    --no-progress --quirks none --model_name_or_path "$start" --data_path "$samples" --output_dir "$work/out" \
    --metrics-file "$work/metrics-$case.jsonl" --version "${VERSION_FLAG:-mistral_instruct}" --model_max_length 256 --per_device_train_batch_size 2 \
    --max_steps "$steps" --learning_rate 1e-4 --save_strategy no --gradient_checkpointing True \
    --bf16 "$([ "$precision" = bf16 ] && echo True || echo False)" > "$work/log-$case.txt" 2>&1 &
  launcher=$!
  while kill -0 "$launcher" 2> /dev/null; do
    for worker in $(pgrep -P "$launcher" || true); do
      status="$(cat "/proc/$worker/status" 2> /dev/null || true)"
      rank="$({ tr '\0' '\n' < "/proc/$worker/environ"; } 2> /dev/null | sed -n 's/^RANK=//p' || true)"
      private="$(awk '/^RssAnon/ {print $2}' <<< "$status")"; resident="$(awk '/^VmHWM/ {print $2}' <<< "$status")"
      [ -n "$rank" ] && [ -n "$private" ] || continue
      before="$(cat "$work/peak/$rank" 2> /dev/null || echo "0 0")"
      awk -v p="$private" -v r="$resident" '{print (p > $1 ? p : $1), r}' <<< "$before" > "$work/peak/$rank"
    done
    sleep 0.02
  done
  wait "$launcher" || { cat "$work/log-$case.txt" >&2; exit 1; }
  for rank in $(ls "$work/peak" | sort -n); do
    awk -v c="$case" -v k="$rank" '{printf "%-16s %-6s %10.0f MiB %10.0f MiB\n", c, k, $1 / 1024, $2 / 1024}' "$work/peak/$rank"
  done
done
