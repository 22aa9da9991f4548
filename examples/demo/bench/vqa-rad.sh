#!/usr/bin/env bash
# Fine-tunes the demo model on VQA-RAD and scores it on the 451 test questions: every step of the
# published experiment on real images and real questions, with a model far too small for them.
# Not run by the tests: it needs the data set (trainset.json, testset.json, images/).
#
#   examples/demo/bench/vqa-rad.sh VQA_RAD_DIR [WORK_DIR] [EPOCHS]
#
# A fine-tuning that was interrupted goes on when the script is started again with the same WORK_DIR.
set -euo pipefail
source_dir=$1
work=${2:-${TMPDIR:-/tmp}/llava-med-vqa-rad}
epochs=${3:-6}
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
demo_model="$root/examples/demo/src/main/resources/io/github/llavamed/demo/tour/model"
llava_med=${LLAVA_MED:-$root/llava-med}
mkdir -p "$work/out/data_RAD"

"$llava_med" prepare vqa-rad --input "$source_dir" --output "$work/data/data_RAD"
ln -sfn "$(cd "$source_dir" && pwd)/images" "$work/data/data_RAD/images"

# The published recipe with the demo's sizes: float32, batches of 32, a learning rate for 1.4 M parameters.
"$llava_med" train --preset vqa-finetune --model_name_or_path "$demo_model" \
    --data_path "$work/data/data_RAD/train.json" --image_folder "$work/data/data_RAD/images" \
    --output_dir "$work/model" --num_train_epochs "$epochs" --learning_rate 5e-4 \
    --per_device_train_batch_size 32 --gradient_accumulation_steps 1 \
    --gradient_checkpointing False --bf16 False --threads 1 --save_steps 100 --save_total_limit 1 \
    --feature_cache "$work/features"

for name in demo fine-tuned; do
  model=$demo_model
  [ $name = fine-tuned ] && model=$work/model
  mkdir -p "$work/out/$name/data_RAD"
  answers="$work/out/$name/data_RAD/test-answer-file.jsonl"
  "$llava_med" model-vqa-med --model "$model" --question-file "$work/data/data_RAD/test.json" \
      --image-folder "$work/data/data_RAD/images" --answers-file "$answers" \
      --temperature 0 --max-new-tokens 64 --precision fp32
  "$llava_med" run-eval --gt "$work/data/data_RAD/test.json" \
      --candidate "$work/data/data_RAD/train_open_answers.json" --pred "$answers"
  "$llava_med" run-eval-batch --pred-file-parent-path "$work/out/$name" --dataset-root "$work/data"
done

"$llava_med" report --gt "$work/data/data_RAD/test.json" \
    --pred "$work/out/demo/data_RAD/test-answer-file.jsonl" \
    --pred "$work/out/fine-tuned/data_RAD/test-answer-file.jsonl" \
    --image-folder "$work/data/data_RAD/images" --output "$work/report"
