#!/usr/bin/env bash
# Measures a checkpoint with `llava-med bench` and a GGUF file of the same shape with llama.cpp's
# llama-bench, one after the other, several times: both then see the same machine, whose speed drifts.
#
#   examples/cli/bench/beside-llama-bench.sh LLAMA_BENCH GGUF CHECKPOINT CACHE [ROUNDS]
#
# CHECKPOINT and CACHE are what `llava-med bench --shape v1.5-7b --layers 4 --keep` leaves behind
# (its directories `checkpoint` and `exports`), or any checkpoint and an empty directory. The GGUF
# file needs as many layers. PRECISION (int8), THREADS (all), PROMPT (616), NEW (16) come from the
# environment. One JSON object of ours and one line per test of llama-bench are printed a round.
set -euo pipefail
if [ $# -lt 4 ]; then
  sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
llama_bench=$1 gguf=$2 checkpoint=$3 cache=$4 rounds=${5:-5}
precision=${PRECISION:-int8} threads=${THREADS:-$(nproc)} prompt=${PROMPT:-616} new=${NEW:-16}
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"

for ((round = 1; round <= rounds; round++)); do
  echo "# round $round of $rounds, $(date -u +%FT%TZ), load $(cut -d ' ' -f 1-3 /proc/loadavg 2>/dev/null || echo unknown)"
  "$root/llava-med" bench --model "$checkpoint" --cache-dir "$cache" --precision "$precision" \
    --threads "$threads" --prompt-tokens "$prompt" --new-tokens "$new" --repeats 3 --json
  "$llama_bench" -m "$gguf" -t "$threads" -p "$prompt" -n 0 -r 3 -o jsonl
  "$llama_bench" -m "$gguf" -t "$threads" -p 0 -n "$new" -d "$prompt" -r 3 -o jsonl
done
